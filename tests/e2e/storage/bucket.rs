//! The same product with the bytes of files in a bucket: `OR3_STORAGE_PROVIDER=s3`.

use or3_testkit::{Answer, S3Answer, S3Server};
use or3_tests::Server;
use serde_json::{Value, json};

use super::shelf::{File, Shelf};

/// A stack over a bucket, and a person with files; `None` where no S3 server is installed.
async fn world() -> Option<(S3Server, Server, Shelf)> {
    let store = S3Server::start()?;
    let settings = store.settings();
    let settings: Vec<_> = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let server = Server::with(&settings).await;
    let shelf = Shelf::of(&server).await;
    Some((store, server, shelf))
}

/// Does what a presigned answer says.
fn follow(store: &S3Server, presigned: &Answer, body: &[u8]) -> S3Answer {
    assert_eq!(presigned.status, 200, "{}", presigned.message());
    let presigned = presigned.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let headers: Vec<_> = presigned["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default()))
        .collect();
    store.send(
        &text(&presigned["method"]),
        &text(&presigned["url"]),
        &headers,
        body,
    )
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_file_goes_up_to_the_bucket_and_comes_down_identical_on_another_device() {
    let Some((store, server, mut shelf)) = world().await else {
        return;
    };
    let file = File::of(1_000_000);
    let upload = shelf.presign_upload(&file).await;
    assert_eq!(follow(&store, &upload, &file.content).status, 200);
    shelf.commit(&file).await;
    shelf.list(&file, &json!({})).await;

    let mut phone = shelf.person.second_device(&server).await;
    let download = shelf.presign_download(&mut phone, &file).await;
    let answer = follow(&store, &download, b"");
    assert_eq!(answer.status, 200);
    assert!(answer.body == file.content, "other bytes came down");
    assert_eq!(answer.header("content-type"), "image/png");
    assert_eq!(
        answer.header("content-disposition"),
        "inline; filename*=UTF-8''row.png"
    );
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn somebody_elses_file_is_not_found_and_a_foreign_workspace_forbidden() {
    let Some((store, server, mut shelf)) = world().await else {
        return;
    };
    let file = File::of(1000);
    let upload = shelf.presign_upload(&file).await;
    follow(&store, &upload, &file.content);
    shelf.commit(&file).await;
    let mut eve = Shelf::of(&server).await;
    let mut device = eve.person.browser.clone();
    assert_eq!(eve.presign_download(&mut device, &file).await.status, 404);
    assert_eq!(shelf.presign_download(&mut device, &file).await.status, 403);
    assert_eq!(
        eve.presign_upload(&file).await.status,
        200,
        "a copy of their own"
    );
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn health_knows_the_bucket_and_our_own_byte_urls_are_off() {
    let Some((store, server, _)) = world().await else {
        return;
    };
    let mut browser = server.browser();
    let storage = |health: Value| health["providers"]["storage"].clone();
    let health = browser.get("/api/health?deep=true").await.json();
    assert_eq!(health["status"], "ok");
    assert_eq!(storage(health)["provider"], "s3");
    let path = "/api/storage/fs/download?token=x";
    assert_eq!(browser.get(path).await.status, 404);
    drop(store);
    let health = browser.get("/api/health?deep=true").await.json();
    assert_eq!(health["status"], "degraded");
    assert_eq!(
        storage(health)["checks"]["errors"],
        json!(["The storage bucket cannot be used."])
    );
}
