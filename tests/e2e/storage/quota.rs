//! What counts against a workspace's quota (storage contract, 3 and 13).

use or3_tests::Server;
use serde_json::json;

use super::shelf::{File, Shelf};

/// A server that allows 5000 bytes a workspace, and somebody there.
async fn small() -> (Server, Shelf) {
    let quota = [("OR3_STORAGE_WORKSPACE_QUOTA_BYTES", "5000")];
    let server = Server::with(&quota).await;
    let shelf = Shelf::of(&server).await;
    (server, shelf)
}

/// Asserts what a new file of 3000 bytes is told.
async fn assert_room(shelf: &mut Shelf, expected: Option<u32>) {
    let answer = shelf.presign_upload(&File::of(3000)).await;
    match expected {
        None => assert_eq!(answer.status, 200, "{}", answer.message()),
        Some(projected) => {
            assert_eq!(answer.status, 413);
            let text = format!("Workspace storage quota exceeded ({projected} > 5000 bytes)");
            assert_eq!(answer.message(), text);
        }
    }
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn rows_count_without_an_upload_and_no_more_when_they_are_removed() {
    let (_server, mut shelf) = small().await;
    let file = File::of(3000);
    shelf.list(&file, &json!({})).await;
    assert_room(&mut shelf, Some(6000)).await;
    assert_eq!(
        shelf.presign_upload(&file).await.status,
        200,
        "it is counted already"
    );
    shelf.list(&file, &json!({"size_bytes": 4000})).await;
    assert_room(&mut shelf, Some(7000)).await;
    shelf.list(&file, &json!({"deleted": true})).await;
    assert_eq!(shelf.presign_upload(&File::of(2000)).await.status, 200);
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_removed_row_makes_room() {
    let (_server, mut shelf) = small().await;
    let file = File::of(3000);
    shelf.upload(&file).await;
    shelf.commit(&file).await;
    shelf.list(&file, &json!({})).await;
    assert_room(&mut shelf, Some(6000)).await;
    shelf.remove(&file).await;
    assert_room(&mut shelf, None).await;
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_commit_counts_before_its_row_arrives_and_once_with_it() {
    let (_server, mut shelf) = small().await;
    let file = File::of(3000);
    shelf.upload(&file).await;
    shelf.commit(&file).await;
    assert_room(&mut shelf, Some(6000)).await;
    shelf.list(&file, &json!({"size_bytes": 1})).await;
    assert_room(&mut shelf, Some(6000)).await;
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn odd_rows_neither_fail_a_push_nor_count() {
    let (_server, mut shelf) = small().await;
    for size in [json!(-5), json!(-1e300), json!(0.5)] {
        shelf.list(&File::of(1), &json!({"size_bytes": size})).await;
    }
    let odd = File {
        content: vec![0; 4000],
        hash: "not-a-hash".to_owned(),
    };
    shelf.list(&odd, &json!({})).await;
    assert_room(&mut shelf, None).await;
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn sizes_beyond_all_bounds_do_not_overflow_the_counter() {
    let (_server, mut shelf) = small().await;
    for _ in 0..3 {
        shelf
            .list(
                &File::of(1),
                &json!({"size_bytes": 9_223_372_036_854_775_807_u64}),
            )
            .await;
    }
    assert_eq!(shelf.presign_upload(&File::of(3000)).await.status, 413);
}
