//! Sending parts.

use axum::body::Body;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::Method;
use or3_testkit::blob_store_suite::content;
use or3_testkit::{says, told};

use crate::pier::{Calls, Pier, part};

#[tokio::test]
async fn parts_make_the_file() {
    let pier = Pier::open().await;
    let content = content(700_000);
    let url = pier.begin(&content).await;
    for (start, end) in [(0, 300_000), (300_000, 300_000), (300_000, 700_000)] {
        let part = content[start..end].to_vec();
        let answer = pier.ann.patch(&url, start, part).await;
        assert_eq!(answer.status, 204, "{}", answer.message());
        assert_eq!(answer.header("upload-offset"), end.to_string());
        let expires = answer.header("upload-expires");
        assert_eq!(expires, "Fri, 02 Jan 2026 00:00:00 GMT");
        let progress = pier.ann.ask(&url).await;
        assert_eq!(progress.header("upload-offset"), end.to_string());
    }
    pier.assert_stored(&content);
}

#[tokio::test]
async fn a_part_elsewhere_is_409_and_one_too_long_413() {
    let pier = Pier::open().await;
    let url = pier.begin(b"content").await;
    assert_eq!(pier.ann.patch(&url, 0, "con").await.status, 204);
    for offset in [0, 2, 4, 700] {
        assert_eq!(pier.ann.patch(&url, offset, "").await.status, 409);
    }
    let long = pier.ann.patch(&url, 3, "tent!").await;
    assert_eq!(told(&long), says(413, "Payload too large"));
    let declared = part(&pier.ann, 3).with_header("content-length", "5");
    let long = declared.send(Method::PATCH, &url, "tent!").await;
    assert_eq!(told(&long), says(413, "Payload too large"));
    assert_eq!(pier.ann.ask(&url).await.header("upload-offset"), "3");
}

/// A client that is told 409 goes on from where it is told; 413 would end its upload.
#[tokio::test]
async fn a_part_elsewhere_is_409_however_long_it_says_it_is() {
    let pier = Pier::open().await;
    let url = pier.begin(b"content").await;
    assert_eq!(pier.ann.patch(&url, 0, "con").await.status, 204);
    for (offset, body) in [(6, "tent"), (0, "content!"), (7, "t"), (700, "t")] {
        let declared = part(&pier.ann, offset);
        let declared = declared.with_header("content-length", &body.len().to_string());
        let answer = declared.send(Method::PATCH, &url, body).await;
        let text = "Upload offset mismatch (3 bytes received)";
        assert_eq!(told(&answer), says(409, text), "{offset}");
    }
    assert_eq!(pier.ann.patch(&url, 3, "tent").await.status, 204);
    let late = part(&pier.ann, 3).with_header("content-length", "5");
    let answer = late.send(Method::PATCH, &url, "tent!").await;
    let text = "Upload offset mismatch (7 bytes received)";
    assert_eq!(told(&answer), says(409, text), "it is stored");
    let url = pier.begin(b"another").await;
    assert_eq!(pier.ann.give_up(&url).await.status, 204);
    let late = part(&pier.ann, 0).with_header("content-length", "8");
    let answer = late.send(Method::PATCH, &url, "another!").await;
    assert_eq!(told(&answer), says(404, "Upload not found"));
}

#[tokio::test]
async fn a_part_says_where_it_begins_and_what_it_is() {
    let pier = Pier::open().await;
    let url = pier.begin(b"content").await;
    let typed = pier.ann.with_header("content-type", "image/png");
    let typed = typed.with_header("upload-offset", "0");
    let answer = typed.send(Method::PATCH, &url, "con").await;
    assert_eq!(told(&answer), says(415, "Content type mismatch"));
    let unplaced = pier
        .ann
        .with_header("content-type", "application/offset+octet-stream");
    let answer = unplaced.send(Method::PATCH, &url, "con").await;
    assert_eq!(told(&answer), says(400, "Invalid Upload-Offset"));
    let negative = unplaced.with_header("upload-offset", "-1");
    let answer = negative.send(Method::PATCH, &url, "con").await;
    assert_eq!(told(&answer), says(400, "Invalid Upload-Offset"));
    assert_eq!(pier.ann.ask(&url).await.header("upload-offset"), "0");
}

#[tokio::test]
async fn a_wrong_checksum_is_460_and_an_unknown_one_400() {
    let pier = Pier::open().await;
    let url = pier.begin(b"hello world").await;
    let sum = "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=";
    let checked = part(&pier.ann, 0).with_header("upload-checksum", sum);
    let answer = checked.send(Method::PATCH, &url, "hello worlD").await;
    assert_eq!(told(&answer), says(460, "Checksum mismatch"));
    assert_eq!(pier.ann.ask(&url).await.header("upload-offset"), "0");
    let unknown = part(&pier.ann, 0).with_header("upload-checksum", "crc32 AAAAAA==");
    let answer = unknown.send(Method::PATCH, &url, "hello world").await;
    assert_eq!(told(&answer), says(400, "Invalid Upload-Checksum"));
    let answer = checked.send(Method::PATCH, &url, "hello world").await;
    assert_eq!(answer.status, 204, "{}", answer.message());
    pier.assert_stored(b"hello world");
}

#[tokio::test]
async fn other_bytes_than_announced_are_400_and_end_the_upload() {
    let pier = Pier::open().await;
    let url = pier.begin(b"content").await;
    let answer = pier.ann.patch(&url, 0, "contenT").await;
    assert_eq!(told(&answer), says(400, "Hash mismatch"));
    assert_eq!(pier.ann.ask(&url).await.status, 404);
    assert_eq!(pier.names("workspaces/ws"), [""; 0]);
    assert_eq!(pier.names("uploads"), [""; 0]);
}

#[tokio::test]
async fn a_sender_who_breaks_off_goes_on_where_it_broke_off() {
    let pier = Pier::open().await;
    let content = content(400_000);
    let url = pier.begin(&content).await;
    let start = Bytes::copy_from_slice(&content[..300_001]);
    let pieces = stream::iter([Ok(start)]);
    let broken = pieces.chain(stream::iter([Err(std::io::Error::other("gone"))]));
    let answer = pier.ann.patch(&url, 0, Body::from_stream(broken)).await;
    assert_eq!(answer.status, 400);
    assert_eq!(pier.ann.ask(&url).await.header("upload-offset"), "300001");
    let rest = content[300_001..].to_vec();
    assert_eq!(pier.ann.patch(&url, 300_001, rest).await.status, 204);
    pier.assert_stored(&content);
}

#[tokio::test]
async fn of_two_parts_at_once_one_arrives_and_the_other_is_423_or_409() {
    let pier = Pier::open().await;
    let content = content(600_000);
    let url = pier.begin(&content).await;
    let parts = (0..4).map(|_| pier.ann.patch(&url, 0, content.clone()));
    let mut statuses: Vec<_> = futures_util::future::join_all(parts)
        .await
        .iter()
        .map(|answer| answer.status.as_u16())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses[0], 204, "{statuses:?}");
    assert!(
        statuses[1..]
            .iter()
            .all(|status| [409, 423].contains(status)),
        "{statuses:?}"
    );
    pier.assert_stored(&content);
}
