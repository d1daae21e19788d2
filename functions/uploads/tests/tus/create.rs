//! Announcing an upload.

use http::Method;
use or3_domain::clock::Clock;
use or3_domain::limits::Policies;
use or3_domain::storage::FileIndex;
use or3_testkit::{says, told};

use crate::pier::{Calls, DAY, Deployment, Pier, UPLOADS, metadata, part, said, workspace};

const CONTENT: &[u8] = b"content";

#[tokio::test]
async fn an_announced_upload_has_an_address_and_an_end() {
    let pier = Pier::open().await;
    let answer = pier.ann.announce(7, &metadata(CONTENT)).await;
    assert_eq!(answer.status, 201, "{}", answer.message());
    let url = answer.header("location");
    assert!(url.starts_with("/api/storage/tus/"), "{url}");
    assert_eq!(
        answer.header("upload-expires"),
        "Fri, 02 Jan 2026 00:00:00 GMT"
    );
    let progress = pier.ann.ask(url).await;
    assert_eq!(progress.status, 200);
    assert_eq!(progress.header("upload-offset"), "0");
    assert_eq!(progress.header("upload-length"), "7");
    assert_eq!(progress.header("upload-metadata"), metadata(CONTENT));
    assert_eq!(
        progress.header("upload-expires"),
        answer.header("upload-expires")
    );
}

#[tokio::test]
async fn the_rules_are_those_of_presign_upload() {
    let pier = Pier::open().await;
    let hash = format!("sha256:{}", "a".repeat(64));
    for (length, metadata, status, text) in [
        (
            1_000_001,
            said("ws", &hash, "image/png"),
            413,
            "File size exceeds maximum of 1000000 bytes",
        ),
        (
            7,
            said("ws", &hash, "application/zip"),
            415,
            "MIME type application/zip not allowed",
        ),
        (7, said("ws", "zzz", "image/png"), 400, "Invalid hash"),
        (7, said("other", &hash, "image/png"), 403, "Forbidden"),
        (
            7,
            said("", &hash, "image/png"),
            400,
            "Invalid Upload-Metadata",
        ),
        (7, String::new(), 400, "Invalid Upload-Metadata"),
    ] {
        let answer = pier.ann.announce(length, &metadata).await;
        assert_eq!(told(&answer), says(status, text), "{metadata}");
    }
    assert_eq!(pier.names("uploads"), [""; 0]);
}

#[tokio::test]
async fn a_length_is_needed_and_is_a_number_of_bytes() {
    let pier = Pier::open().await;
    let metadata = metadata(CONTENT);
    let client = pier.ann.with_header("upload-metadata", &metadata);
    let deferred = client.with_header("upload-defer-length", "1");
    let answer = deferred.send(Method::POST, UPLOADS, "").await;
    assert_eq!(told(&answer), says(400, "Invalid Upload-Length"));
    for odd in ["", "-1", "+7", "7.0", "0x7", "99999999999999999999"] {
        let client = client.with_header("upload-length", odd);
        let answer = client.send(Method::POST, UPLOADS, "").await;
        assert_eq!(told(&answer), says(400, "Invalid Upload-Length"), "{odd}");
    }
}

#[tokio::test]
async fn announcements_count_against_the_limit_of_uploads() {
    let policies = Policies::standard().with("storage:upload", Some(1), None);
    let pier = Pier::of(Deployment {
        policies,
        ..Deployment::default()
    })
    .await;
    let refused = pier.ann.announce(2_000_000, &metadata(CONTENT)).await;
    assert_eq!(refused.status, 413);
    pier.begin(CONTENT).await;
    let answer = pier.ann.announce(7, &metadata(CONTENT)).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("retry-after")),
        (429, "60")
    );
}

#[tokio::test]
async fn room_is_held_until_the_upload_ends_or_is_given_up() {
    let pier = Pier::of(Deployment {
        quota: Some(10),
        ..Deployment::default()
    })
    .await;
    let url = pier.begin(CONTENT).await;
    let other = metadata(b"another");
    let answer = pier.ann.announce(7, &other).await;
    assert_eq!(
        told(&answer),
        says(413, "Workspace storage quota exceeded (14 > 10 bytes)")
    );
    assert_eq!(pier.ann.give_up(&url).await.status, 204);
    assert_eq!(pier.ann.announce(7, &other).await.status, 201);
    pier.clock.advance(DAY);
    let usage = pier.files.usage(&workspace(), pier.clock.now()).await;
    assert_eq!(usage.expect("usage").reserved_bytes, 0);
}

#[tokio::test]
async fn the_first_part_can_come_with_the_announcement() {
    let pier = Pier::open().await;
    let client = part(&pier.ann, 0).with_header("upload-length", "7");
    let client = client.with_header("upload-metadata", &metadata(CONTENT));
    let answer = client.send(Method::POST, UPLOADS, "con").await;
    assert_eq!(answer.status, 201, "{}", answer.message());
    assert_eq!(answer.header("upload-offset"), "3");
    let url = answer.header("location");
    assert_eq!(pier.ann.patch(url, 3, "tent").await.status, 204);
    pier.assert_stored(CONTENT);

    let whole = client.send(Method::POST, UPLOADS, CONTENT).await;
    assert_eq!(
        (whole.status.as_u16(), whole.header("upload-offset")),
        (201, "7")
    );
    pier.assert_stored(CONTENT);
}

#[tokio::test]
async fn an_empty_file_is_stored_when_it_is_announced() {
    let pier = Pier::open().await;
    let url = pier.begin(b"").await;
    pier.assert_stored(b"");
    let progress = pier.ann.ask(&url).await;
    assert_eq!(progress.header("upload-offset"), "0");
}
