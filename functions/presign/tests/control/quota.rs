//! What a commit may add to a workspace (storage contract, 3 and 3.1).

use std::time::Duration;

use or3_domain::clock::Clock;
use or3_domain::storage::{BlobStore, FileIndex};
use or3_testkit::blob_store_suite::{body, key_of};
use or3_testkit::{Answer, says, told};
use serde_json::Value;

use crate::desk::{
    Calls, Deployment, Desk, commit, presign_download, presign_upload, with, workspace,
};

/// How long URLs live here.
const LIFETIME: Duration = Duration::from_mins(15);

/// Room for one file of 3000 bytes, and not for two.
async fn small() -> Desk {
    Desk::of(Deployment {
        quota: Some(5000),
        ..Deployment::default()
    })
    .await
}

/// `body` about a file of `content`.
fn of(body: Value, content: &[u8]) -> Value {
    let hash = key_of(content).hash().to_string();
    let body = with(body, "hash", hash);
    match body.get("size_bytes") {
        Some(_) => with(body, "size_bytes", content.len()),
        None => body,
    }
}

/// Asks for a URL for `content` and sends it there.
async fn upload(desk: &Desk, content: &[u8]) {
    let asked = of(presign_upload(), content);
    let answer = desk.owner.presign_upload(&asked).await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    let (key, size) = (key_of(content), content.len() as u64);
    let put = desk.blobs.put(&key, size, body(content, 999)).await;
    put.expect("stored");
}

async fn committed(desk: &Desk, content: &[u8]) -> Answer {
    desk.owner.commit(&of(commit(), content)).await
}

#[tokio::test]
async fn a_commit_after_its_url_must_fit() {
    let desk = small().await;
    let (late, quick) = ([1; 3000], [2; 3000]);
    upload(&desk, &late).await;
    desk.clock.advance(LIFETIME);
    upload(&desk, &quick).await;
    assert_eq!(committed(&desk, &quick).await.status, 200);
    let over = says(413, "Workspace storage quota exceeded (6000 > 5000 bytes)");
    assert_eq!(told(&committed(&desk, &late).await), over);
    assert_eq!(told(&committed(&desk, &late).await), over, "nor later");
    let download = of(presign_download(), &late);
    let download = desk.owner.presign_download(&download).await;
    assert_eq!(download.status, 404, "it is not committed");
    let usage = desk.files.usage(&workspace(), desk.clock.now()).await;
    let usage = usage.expect("usage");
    assert_eq!((usage.stored_bytes, usage.reserved_bytes), (3000, 0));
}

#[tokio::test]
async fn a_commit_after_its_url_that_fits_is_ok() {
    let desk = small().await;
    let (late, other) = ([1; 3000], [2; 2000]);
    upload(&desk, &late).await;
    desk.clock.advance(LIFETIME);
    upload(&desk, &other).await;
    assert_eq!(committed(&desk, &late).await.status, 200);
    assert_eq!(committed(&desk, &other).await.status, 200);
}

#[tokio::test]
async fn a_commit_after_its_url_counts_what_others_have_reserved() {
    let desk = small().await;
    let (late, other) = ([1; 3000], [2; 3000]);
    upload(&desk, &late).await;
    desk.clock.advance(LIFETIME);
    upload(&desk, &other).await;
    assert_eq!(committed(&desk, &late).await.status, 413);
    assert_eq!(committed(&desk, &other).await.status, 200);
}

#[tokio::test]
async fn a_repeated_commit_is_free_in_a_full_workspace() {
    let desk = small().await;
    let (first, second) = ([1; 3000], [2; 2000]);
    for content in [&first[..], &second] {
        upload(&desk, content).await;
        assert_eq!(committed(&desk, content).await.status, 200);
    }
    desk.clock.advance(LIFETIME);
    for content in [&first[..], &second] {
        assert_eq!(committed(&desk, content).await.status, 200);
    }
}
