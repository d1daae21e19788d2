//! A file that both workspaces have.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use or3_domain::storage::ContentHash;
use serde_json::{Value, json};

pub(crate) struct File {
    pub(crate) content: Vec<u8>,
    pub(crate) hash: String,
}

impl File {
    pub(crate) fn new() -> Self {
        let content = b"a picture, as far as anybody looks".to_vec();
        let mut digester = ContentHash::Sha256([0; 32]).digester();
        digester.update(&content);
        let hash = digester.finish().to_string();
        Self { content, hash }
    }

    pub(crate) fn presign_upload(&self, workspace: &str) -> Value {
        json!({
            "workspace_id": workspace, "hash": self.hash, "mime_type": "image/png",
            "size_bytes": self.content.len(),
        })
    }

    /// The headers that announce an upload in parts.
    pub(crate) fn announcement(&self, workspace: &str) -> Vec<(&'static str, String)> {
        let said = [
            ("workspace_id", workspace),
            ("hash", &self.hash),
            ("mime_type", "image/png"),
        ];
        let said = said.map(|(key, value)| format!("{key} {}", STANDARD.encode(value)));
        vec![
            ("tus-resumable", "1.0.0".to_owned()),
            ("upload-length", self.content.len().to_string()),
            ("upload-metadata", said.join(",")),
        ]
    }

    pub(crate) fn presign_download(&self, workspace: &str) -> Value {
        json!({"workspace_id": workspace, "hash": self.hash})
    }

    pub(crate) fn commit(&self, workspace: &str) -> Value {
        json!({
            "workspace_id": workspace, "hash": self.hash, "storage_provider_id": "fs",
            "storage_id": format!("{workspace}:{}", self.hash), "mime_type": "image/png",
            "size_bytes": self.content.len(), "name": "picture.png", "kind": "image",
        })
    }

    /// The row that describes it, under a name of `mark`.
    pub(crate) fn row(&self, workspace: &str, mark: &str) -> Value {
        json!({
            "hash": self.hash, "name": format!("{mark}.png"), "mime_type": "image/png",
            "kind": "image", "size_bytes": self.content.len(), "ref_count": 1,
            "storage_provider_id": "fs", "storage_id": format!("{workspace}:{}", self.hash),
        })
    }
}
