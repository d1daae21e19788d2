//! Whose room in the quota it is, and when it comes back.

use std::time::Duration;

use http::Method;
use or3_domain::clock::Clock;
use or3_domain::storage::{FileIndex, Reservation};
use or3_testkit::blob_store_suite::key_of;
use or3_testkit::{says, told};

use crate::pier::{Calls, DAY, Deployment, Pier, UPLOADS, metadata, part, workspace};

const CONTENT: &[u8] = b"content";
const ANOTHER: &[u8] = b"another";

/// Seven of ten bytes: one of the files above.
async fn small() -> Pier {
    Pier::of(Deployment {
        quota: Some(10),
        ..Deployment::default()
    })
    .await
}

/// What presigning an upload of [`CONTENT`] holds.
async fn presign(pier: &Pier, lifetime: Duration) {
    let now = pier.clock.now();
    let reservation = Reservation {
        hash: *key_of(CONTENT).hash(),
        size_bytes: 7,
        expires_at: now.plus(lifetime),
    };
    let workspace = workspace();
    let reserved = pier.files.reserve(&workspace, &reservation, 10, now);
    reserved.await.expect("room");
}

/// Whether there is room for [`ANOTHER`], by its status.
async fn another(pier: &Pier) -> u16 {
    let answer = pier.ann.announce(7, &metadata(ANOTHER)).await;
    answer.status.as_u16()
}

#[tokio::test]
async fn who_gives_one_of_two_uploads_up_leaves_the_other_its_room() {
    let pier = small().await;
    let (one, two) = (pier.begin(CONTENT).await, pier.begin(CONTENT).await);
    assert_eq!(pier.ann.give_up(&two).await.status, 204);
    assert_eq!(another(&pier).await, 413, "the first one is open");
    assert_eq!(pier.ann.patch(&one, 0, CONTENT).await.status, 204);
    assert_eq!(another(&pier).await, 413, "its bytes are there");
    pier.clock.advance(DAY + Duration::from_secs(1));
    assert_eq!(another(&pier).await, 201);
}

#[tokio::test]
async fn a_url_that_lives_keeps_its_room_whoever_came_first() {
    for lifetime in [Duration::from_mins(15), 2 * DAY] {
        let pier = small().await;
        presign(&pier, lifetime).await;
        let url = pier.begin(CONTENT).await;
        assert_eq!(pier.ann.give_up(&url).await.status, 204);
        assert_eq!(another(&pier).await, 413, "{lifetime:?}, before");
        let pier = small().await;
        let url = pier.begin(CONTENT).await;
        presign(&pier, lifetime).await;
        assert_eq!(pier.ann.give_up(&url).await.status, 204);
        assert_eq!(another(&pier).await, 413, "{lifetime:?}, behind");
    }
}

#[tokio::test]
async fn an_upload_of_other_bytes_gives_its_room_back() {
    let pier = small().await;
    let url = pier.begin(CONTENT).await;
    let answer = pier.ann.patch(&url, 0, "contenT").await;
    assert_eq!(told(&answer), says(400, "Hash mismatch"));
    let url = pier.begin(ANOTHER).await;
    assert_eq!(pier.ann.give_up(&url).await.status, 204);

    let whole = part(&pier.ann, 0).with_header("upload-length", "7");
    let whole = whole.with_header("upload-metadata", &metadata(CONTENT));
    let answer = whole.send(Method::POST, UPLOADS, "contenT").await;
    assert_eq!(told(&answer), says(400, "Hash mismatch"));
    assert_eq!(another(&pier).await, 201);
}

#[tokio::test]
async fn an_upload_of_other_bytes_leaves_others_of_its_file_their_room() {
    let pier = small().await;
    let (one, two) = (pier.begin(CONTENT).await, pier.begin(CONTENT).await);
    assert_eq!(pier.ann.patch(&two, 0, "contenT").await.status, 400);
    assert_eq!(another(&pier).await, 413);
    assert_eq!(pier.ann.patch(&one, 0, CONTENT).await.status, 204);
}

#[tokio::test]
async fn an_upload_that_cannot_begin_holds_no_room() {
    let pier = small().await;
    let uploads = pier.root.path().join("uploads");
    std::fs::write(&uploads, "no folder").expect("written");
    let answer = pier.ann.announce(7, &metadata(CONTENT)).await;
    assert!(answer.status.is_server_error(), "{}", answer.status);
    std::fs::remove_file(uploads).expect("removed");
    assert_eq!(another(&pier).await, 201);
}
