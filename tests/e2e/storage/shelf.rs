//! Somebody with files.

use http::Method;
use or3_domain::ids::{Ids, SystemIds};
use or3_domain::storage::ContentHash;
use or3_tests::{Answer, Browser, Newcomer, Server, Writer};
use serde_json::{Value, json};

/// A file that nobody else has.
pub(crate) struct File {
    pub(crate) content: Vec<u8>,
    pub(crate) hash: String,
}

impl File {
    pub(crate) fn of(size: usize) -> Self {
        let mut content = vec![0; size];
        SystemIds.fill(&mut content);
        let mut digester = ContentHash::Sha256([0; 32]).digester();
        digester.update(&content);
        let hash = digester.finish().to_string();
        Self { content, hash }
    }
}

/// A newcomer, the device that writes for them, and what they do with files.
pub(crate) struct Shelf {
    pub(crate) person: Newcomer,
    pub(crate) writer: Writer,
}

impl Shelf {
    pub(crate) async fn of(server: &Server) -> Self {
        Self {
            person: Newcomer::of(server).await,
            writer: Writer::default(),
        }
    }

    pub(crate) async fn presign_upload(&mut self, file: &File) -> Answer {
        let body = json!({
            "workspace_id": self.person.workspace, "hash": file.hash, "mime_type": "image/png",
            "size_bytes": file.content.len(), "expires_in_ms": 3_600_000,
        });
        self.person
            .browser
            .post("/api/storage/presign-upload", &body)
            .await
    }

    pub(crate) async fn upload(&mut self, file: &File) {
        let presigned = self.presign_upload(file).await;
        assert_eq!(presigned.status, 200, "{}", presigned.message());
        let url = presigned.json()["url"].as_str().expect("a url").to_owned();
        let headers = [("content-type", "image/png")];
        let content = file.content.clone();
        let answer = self
            .person
            .browser
            .send(Method::PUT, &url, &headers, content)
            .await;
        assert_eq!(answer.status, 200, "{}", answer.message());
        assert_eq!(answer.json()["storage_id"], presigned.json()["storageId"]);
    }

    pub(crate) async fn commit(&mut self, file: &File) {
        let workspace = &self.person.workspace;
        let body = json!({
            "workspace_id": workspace, "hash": file.hash, "storage_provider_id": "fs",
            "storage_id": format!("{workspace}:{}", file.hash), "mime_type": "image/png",
            "size_bytes": file.content.len(), "name": "commit.png", "kind": "image",
        });
        let answer = self.person.browser.post("/api/storage/commit", &body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (200, json!({"ok": true}))
        );
    }

    /// Pushes the file's row with `changes` to it.
    pub(crate) async fn list(&mut self, file: &File, changes: &Value) {
        let mut row = json!({
            "hash": file.hash, "name": "row.png", "mime_type": "image/png", "kind": "image",
            "size_bytes": file.content.len(), "ref_count": 1, "storage_provider_id": "fs",
            "storage_id": format!("{}:{}", self.person.workspace, file.hash),
        });
        for (name, value) in changes.as_object().into_iter().flatten() {
            row[name] = value.clone();
        }
        let op = self.writer.put("file_meta", &file.hash, &row);
        self.push(&op).await;
    }

    /// Pushes the removal of the file's row.
    pub(crate) async fn remove(&mut self, file: &File) {
        let op = self.writer.delete("file_meta", &file.hash);
        self.push(&op).await;
    }

    async fn push(&mut self, op: &Value) {
        let scope = json!({ "workspaceId": self.person.workspace });
        let batch = json!({ "scope": scope, "ops": [op] });
        let answer = self.person.browser.post("/api/sync/push", &batch).await;
        assert_eq!(
            answer.json()["results"][0]["success"],
            true,
            "{:?}",
            answer.body
        );
    }

    pub(crate) async fn presign_download(&self, device: &mut Browser, file: &File) -> Answer {
        let body = json!({"workspace_id": self.person.workspace, "hash": file.hash});
        device.post("/api/storage/presign-download", &body).await
    }
}
