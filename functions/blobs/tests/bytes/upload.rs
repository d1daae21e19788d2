use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use or3_domain::storage::{BlobStore, ContentHash, Grant, UploadGrant};
use or3_testkit::blob_store_suite::content;
use or3_testkit::{Answer, says, told};
use serde_json::json;

use crate::dock::{Dock, key, put, upload};

fn chunked(pieces: Vec<Bytes>) -> Body {
    let pieces = pieces.into_iter().map(Ok::<_, std::io::Error>);
    Body::from_stream(stream::iter(pieces))
}

#[tokio::test]
async fn the_bytes_arrive_and_the_same_url_works_again() {
    let dock = Dock::open().await;
    let content = content(700_000);
    let url = dock.upload_url(&content);
    for _ in 0..2 {
        let answer = put(&dock.ann, &url, content.clone()).await;
        assert_eq!(answer.status, 200, "{}", answer.message());
        let id = format!("ws:{}", key(&content).hash());
        assert_eq!(answer.json(), json!({"ok": true, "storage_id": id}));
    }
    assert_eq!(dock.files(), [key(&content).hash().file_name()]);
    let path = dock
        .root
        .path()
        .join("workspaces/ws")
        .join(&dock.files()[0]);
    assert_eq!(std::fs::read(&path).expect("a file"), content);
    assert_eq!(
        std::fs::metadata(&path)
            .expect("a file")
            .permissions()
            .mode()
            & 0o777,
        0o600
    );
}

#[tokio::test]
async fn the_storage_id_keeps_the_form_that_the_client_sent() {
    let dock = Dock::open().await;
    let bare = key(b"x").hash().hex();
    let grant = UploadGrant {
        hash_as_sent: bare.clone(),
        ..upload(b"x")
    };
    let token = dock.token(&Grant::Upload(grant));
    let answer = put(
        &dock.ann,
        &format!("/api/storage/fs/upload?token={token}"),
        "x",
    )
    .await;
    assert_eq!(answer.json()["storage_id"], format!("ws:{bare}"));
}

#[tokio::test]
async fn another_or_no_content_type_is_415() {
    let dock = Dock::open().await;
    let url = dock.upload_url(b"x");
    let untyped = dock.ann.send(http::Method::PUT, &url, "x").await;
    assert_eq!(told(&untyped), says(415, "Content type mismatch"));
    let text = dock.ann.with_header("content-type", "text/plain");
    let answer = text.send(http::Method::PUT, &url, "x").await;
    assert_eq!(told(&answer), says(415, "Content type mismatch"));
    let same = dock.ann.with_header("content-type", "IMAGE/PNG; q=1");
    assert_eq!(same.send(http::Method::PUT, &url, "x").await.status, 200);
}

#[tokio::test]
async fn wrong_short_and_missing_bytes_are_400_and_leave_nothing() {
    let dock = Dock::open().await;
    let url = dock.upload_url(b"content");
    let answer = put(&dock.ann, &url, "contenT").await;
    assert_eq!(told(&answer), says(400, "Hash mismatch"));
    let answer = put(&dock.ann, &url, "conten").await;
    assert_eq!(told(&answer), says(400, "Hash mismatch"));
    let answer = put(&dock.ann, &url, "").await;
    assert_eq!(told(&answer), says(400, "Missing upload body"));
    assert_eq!(dock.files(), [""; 0]);
}

#[tokio::test]
async fn one_byte_too_many_is_413_declared_or_not() {
    let dock = Dock::open().await;
    let url = dock.upload_url(b"content");
    let declared = dock.ann.with_header("content-length", "8");
    let answer = put(&declared, &url, "content!").await;
    assert_eq!(told(&answer), says(413, "Payload too large"));
    let answer = put(&dock.ann, &url, chunked(vec!["content".into(), "!".into()])).await;
    assert_eq!(told(&answer), says(413, "Payload too large"));
    assert_eq!(dock.files(), [""; 0]);
}

#[tokio::test]
async fn a_declared_length_that_lies_small_does_not_help() {
    let dock = Dock::open().await;
    let lying = dock.ann.with_header("content-length", "3");
    let answer = put(&lying, &dock.upload_url(b"content"), "content!").await;
    assert_eq!(told(&answer), says(413, "Payload too large"));
}

#[tokio::test]
async fn a_body_without_end_is_413_and_leaves_nothing() {
    let dock = Dock::open().await;
    let piece = || Ok::<_, std::io::Error>(Bytes::from_static(&[7; 8192]));
    let endless = Body::from_stream(stream::repeat_with(piece));
    let answer = put(&dock.ann, &dock.upload_url(&content(100_000)), endless).await;
    assert_eq!(told(&answer), says(413, "Payload too large"));
    assert_eq!(dock.files(), [""; 0]);
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let dock = Dock::open().await;
    let answer = put(&dock.ann, &dock.upload_url(b""), "").await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    assert_eq!(dock.files(), [key(b"").hash().file_name()]);
}

#[tokio::test]
async fn a_sender_who_breaks_off_leaves_nothing() {
    let dock = Dock::open().await;
    let start = stream::iter([Ok(Bytes::from_static(b"con"))]);
    let broken = start.chain(stream::iter([Err(std::io::Error::other("gone"))]));
    let answer = put(
        &dock.ann,
        &dock.upload_url(b"content"),
        Body::from_stream(broken),
    )
    .await;
    assert_eq!(answer.status, 400);
    assert_eq!(dock.files(), [""; 0]);
}

/// The answer to a slow sender; the clock is paused, so that a day of waiting takes no time.
async fn in_time(answer: impl Future<Output = Answer>) -> Answer {
    let answer = tokio::time::timeout(Duration::from_hours(24), answer).await;
    answer.expect("a slow sender is cut off within a day")
}

#[tokio::test(start_paused = true)]
async fn a_sender_who_falls_silent_is_408_and_leaves_nothing() {
    let dock = Dock::open().await;
    let start = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"con"))]);
    let silent = Body::from_stream(start.chain(stream::pending()));
    let answer = in_time(put(&dock.ann, &dock.upload_url(b"content"), silent)).await;
    assert_eq!(told(&answer), says(408, "Upload too slow"));
    assert_eq!(dock.files(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_sender_who_trickles_is_408_in_the_end() {
    let dock = Dock::open().await;
    let trickle = stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_secs(20)).await;
        Some((Ok::<_, std::io::Error>(Bytes::from_static(b"c")), ()))
    });
    let url = dock.upload_url(&content(100));
    let answer = in_time(put(&dock.ann, &url, Body::from_stream(trickle))).await;
    assert_eq!(told(&answer), says(408, "Upload too slow"));
}

#[tokio::test]
async fn uploads_of_one_file_at_once_all_succeed() {
    let dock = Dock::open().await;
    let content = content(300_000);
    let url = dock.upload_url(&content);
    let uploads = (0..6).map(|_| put(&dock.ann, &url, content.clone()));
    for answer in futures_util::future::join_all(uploads).await {
        assert_eq!(answer.status, 200, "{}", answer.message());
    }
    assert_eq!(dock.files(), [key(&content).hash().file_name()]);
}

#[tokio::test]
async fn a_workspace_folder_that_is_a_link_takes_no_upload() {
    let dock = Dock::open().await;
    let outside = tempfile::tempdir().expect("a folder");
    let link = dock.root.path().join("workspaces/ws");
    std::os::unix::fs::symlink(outside.path(), link).expect("a link");
    let answer = put(&dock.ann, &dock.upload_url(b"x"), "x").await;
    assert_eq!(told(&answer), says(400, "Invalid path parameters"));
    let left = std::fs::read_dir(outside.path()).expect("a folder").count();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_link_under_the_blobs_name_is_replaced_and_its_target_left_alone() {
    let dock = Dock::open().await;
    dock.store(b"other").await;
    let outside = dock.root.path().join("outside");
    std::fs::write(&outside, "precious").expect("a file");
    let name = dock
        .root
        .path()
        .join("workspaces/ws")
        .join(key(b"x").hash().file_name());
    std::os::unix::fs::symlink(&outside, &name).expect("a link");
    assert_eq!(
        put(&dock.ann, &dock.upload_url(b"x"), "x").await.status,
        200
    );
    assert_eq!(std::fs::read(&outside).expect("a file"), b"precious");
    assert_eq!(std::fs::read(&name).expect("a file"), b"x");
}

#[tokio::test]
async fn a_legacy_hash_is_verified_by_its_own_algorithm() {
    let dock = Dock::open().await;
    let mut digester = ContentHash::Md5([0; 16]).digester();
    digester.update(b"old");
    let key = or3_domain::storage::BlobKey::new(key(b"").workspace(), digester.finish());
    let grant = UploadGrant {
        key: key.expect("a plain id"),
        ..upload(b"old")
    };
    let grant = UploadGrant {
        hash_as_sent: grant.key.hash().hex(),
        ..grant
    };
    let url = format!(
        "/api/storage/fs/upload?token={}",
        dock.token(&Grant::Upload(grant.clone()))
    );
    assert_eq!(
        told(&put(&dock.ann, &url, "olD").await),
        says(400, "Hash mismatch")
    );
    assert_eq!(put(&dock.ann, &url, "old").await.status, 200);
    assert!(dock.blobs.stat(&grant.key).await.expect("a look").is_some());
}
