use or3_domain::clock::Clock;
use or3_domain::limits::Policies;
use or3_domain::storage::mime::{Disposition, FileKind};
use or3_domain::storage::{BlobStore, DownloadGrant, FileIndex, FileMeta, Grant};
use or3_testkit::blob_store_suite::key_of;

use crate::desk::{CONTENT, Calls, Deployment, Desk, hash, presign_download, with, workspace};

fn described(mime_type: &str, name: &str, deleted: bool) -> FileMeta {
    FileMeta {
        mime_type: mime_type.to_owned(),
        name: name.to_owned(),
        kind: None::<FileKind>,
        deleted,
    }
}

impl Desk {
    async fn granted(&self, body: &serde_json::Value) -> DownloadGrant {
        let answer = self.viewer.presign_download(body).await;
        assert_eq!(answer.status, 200, "{}", answer.message());
        let body = answer.json();
        let token = body["url"]
            .as_str()
            .and_then(|url| url.split_once("token="));
        match self
            .tokens
            .read(token.expect("a token").1, self.clock.now())
        {
            Some(Grant::Download(grant)) => grant,
            other => panic!("a download's token, not {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_url_for_one_download_comes_back_to_every_reader() {
    let desk = Desk::open().await;
    desk.store().await;
    let answer = desk.viewer.presign_download(&presign_download()).await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    let body = answer.json();
    assert_eq!(body["method"], "GET");
    assert_eq!(body["disposition"], "inline");
    assert_eq!(
        body["storageId"],
        format!("ws:{}", hash()),
        "whatever the client sent"
    );
    assert!(body["expiresAt"].as_i64() > Some(desk.clock.now().millis()));
    let url = body["url"].as_str().expect("a url");
    assert!(url.starts_with("/api/storage/fs/download?token="), "{url}");
}

#[tokio::test]
async fn type_and_name_are_those_of_the_commit_until_a_row_arrives() {
    let desk = Desk::open().await;
    desk.store().await;
    let grant = desk.granted(&presign_download()).await;
    assert_eq!(
        (grant.mime_type.as_str(), grant.filename.as_str()),
        ("image/png", "pic.png")
    );
    assert_eq!(grant.size_bytes, Some(CONTENT.len() as u64));
    let row = described("image/gif", "../row.gif", false);
    desk.files
        .describe(&workspace(), *key_of(CONTENT).hash(), Some(row));
    let grant = desk.granted(&presign_download()).await;
    assert_eq!(
        (grant.mime_type.as_str(), grant.filename.as_str()),
        ("image/gif", ".._row.gif")
    );
}

#[tokio::test]
async fn a_web_page_becomes_an_opaque_attachment_whatever_was_asked() {
    let desk = Desk::open().await;
    desk.store().await;
    let row = described("text/html", "../../evil\r\n.html", false);
    desk.files
        .describe(&workspace(), *key_of(CONTENT).hash(), Some(row));
    let asked = with(presign_download(), "disposition", "inline");
    let grant = desk.granted(&with(asked, "mime_type", "image/png")).await;
    assert_eq!(grant.mime_type, "application/octet-stream");
    assert_eq!(grant.disposition, Disposition::Attachment);
    assert_eq!(grant.filename, ".._.._evil__.html");
}

#[tokio::test]
async fn missing_uncommitted_deleted_and_foreign_files_are_one_404() {
    let desk = Desk::open().await;
    let mut answers = vec![desk.owner.presign_download(&presign_download()).await];
    desk.upload().await;
    answers.push(desk.owner.presign_download(&presign_download()).await);
    desk.store().await;
    let elsewhere = with(presign_download(), "workspace_id", "elsewhere");
    answers.push(desk.stranger.presign_download(&elsewhere).await);
    let hash = *key_of(CONTENT).hash();
    desk.files
        .describe(&workspace(), hash, Some(described("image/png", "a", true)));
    answers.push(desk.owner.presign_download(&presign_download()).await);
    desk.files.describe(&workspace(), hash, None);
    answers.push(desk.owner.presign_download(&presign_download()).await);
    for answer in answers {
        assert_eq!(
            (answer.status.as_u16(), answer.message().as_str()),
            (404, "File not found")
        );
    }
}

#[tokio::test]
async fn a_root_of_the_original_needs_no_record_of_ours() {
    let desk = Desk::open().await;
    desk.upload().await;
    let marked = desk
        .blobs
        .mark_committed(&key_of(CONTENT), &hash(), desk.clock.now())
        .await;
    marked.expect("marked");
    let grant = desk.granted(&presign_download()).await;
    assert_eq!(
        grant.mime_type, "application/octet-stream",
        "nobody said what it is"
    );
    assert_eq!(grant.filename, "download");
}

#[tokio::test]
async fn a_blob_that_lost_bytes_gets_no_url() {
    let desk = Desk::open().await;
    desk.store().await;
    let path = desk
        .root
        .path()
        .join("workspaces/ws")
        .join(key_of(CONTENT).hash().file_name());
    std::fs::write(path, &CONTENT[1..]).expect("cut");
    assert_eq!(
        desk.owner
            .presign_download(&presign_download())
            .await
            .status,
        500
    );
}

#[tokio::test]
async fn reads_have_a_limit_of_their_own() {
    let policies = Policies::standard().with("storage:download", Some(1), None);
    let desk = Desk::of(Deployment {
        policies,
        ..Deployment::default()
    })
    .await;
    desk.store().await;
    assert_eq!(
        desk.owner
            .presign_download(&presign_download())
            .await
            .status,
        200
    );
    let answer = desk.owner.presign_download(&presign_download()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("retry-after")),
        (429, "60")
    );
    assert_eq!(
        desk.viewer
            .presign_download(&presign_download())
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_damaged_blob_gets_no_url_and_is_counted() {
    let desk = Desk::open().await;
    desk.store().await;
    let key = key_of(CONTENT);
    let folder = desk.root.path().join("workspaces/ws");
    std::fs::write(folder.join(key.hash().file_name()), "cut").expect("damaged");
    let answer = desk.owner.presign_download(&presign_download()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.message().as_str()),
        (500, "Server Error")
    );
    let damaged = desk.files.damaged(10).await.expect("a list");
    assert_eq!((damaged.len(), damaged[0].hash), (1, *key.hash()));
}
