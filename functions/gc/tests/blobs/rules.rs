//! What goes and what stays.

use std::fs;
use std::time::Duration;

use or3_domain::clock::Clock;
use or3_domain::gc::LeftoverCollector;
use or3_domain::sync::Table;
use or3_testkit::{collect_pass, survey_pass};
use std::sync::Arc;

use crate::depot::{ALMOST, DAY, Depot, RETENTION};

#[tokio::test]
async fn what_nothing_refers_to_goes_after_its_window_and_not_before() {
    let depot = Depot::new().await;
    let (committed, uploaded) = (depot.file("one").await, depot.upload("two").await);
    depot.later(ALMOST);
    assert_eq!(depot.collect().await, 0);
    depot.later(DAY * 2);
    assert_eq!(depot.collect().await, 2);
    assert!(!depot.has(committed).await && !depot.has(uploaded).await);
    let facts = depot
        .state
        .file_index()
        .find(&crate::depot::ws(), &committed)
        .await;
    assert_eq!(facts.expect("found").committed, None, "it is forgotten");
}

#[tokio::test]
async fn a_row_protects_its_blob_in_the_trash_too() {
    let depot = Depot::new().await;
    let (alive, trash) = (depot.file("one").await, depot.file("two").await);
    depot.list(alive, false).await;
    depot.list(trash, true).await;
    depot.later(RETENTION * 9);
    assert_eq!(depot.collect().await, 0);
    assert_eq!(depot.collect_after(Duration::ZERO).await, 0);
    assert!(depot.has(alive).await && depot.has(trash).await);
}

#[tokio::test]
async fn a_removed_row_keeps_its_blob_for_the_window() {
    let depot = Depot::new().await;
    let hash = depot.file("one").await;
    depot.list(hash, false).await;
    depot.later(RETENTION * 9);
    depot.unlist(hash).await;
    depot.later(ALMOST);
    assert_eq!(depot.collect().await, 0, "it may come back");
    depot.list(hash, false).await;
    depot.later(RETENTION * 2);
    assert_eq!(depot.collect().await, 0, "it came back");
    depot.unlist(hash).await;
    depot.later(RETENTION + DAY);
    assert_eq!(depot.collect().await, 1);
}

#[tokio::test]
async fn messages_and_posts_protect_what_they_mention_in_any_spelling() {
    let depot = Depot::new().await;
    let mut kept = Vec::new();
    let spellings: [fn(&str) -> String; 6] = [
        |hex| format!(r#"["sha256:{hex}"]"#),
        |hex| format!(r#"["{}"]"#, hex.to_uppercase()),
        |hex| format!(r#"["x", " SHA256:{hex} "]"#),
        |hex| format!("sha256:{hex}"),
        |hex| format!("{hex},"),
        |hex| format!(r#"{{"a":["{hex}"]}}"#),
    ];
    for (number, spelling) in spellings.iter().enumerate() {
        let hash = depot.file(&format!("file {number}")).await;
        depot
            .message(&format!("m{number}"), &spelling(&hash.hex()))
            .await;
        kept.push(hash);
    }
    let posted = depot.file("posted").await;
    let payload = format!(r#"{{"id":"p","file_hashes":"[\"{posted}\"]"}}"#);
    depot.push(Table::Posts, "p", Some(payload)).await;
    let deep = depot.file("deep").await;
    let nest = "[".repeat(1500) + &"]".repeat(1500);
    let payload = format!(r#"{{"id":"d","data":{nest},"file_hashes":"[\"{deep}\"]"}}"#);
    depot.push(Table::Messages, "d", Some(payload)).await;
    kept.extend([posted, deep]);
    let gone = depot.file("nobody's").await;
    depot.message("other", "[]").await;

    depot.later(RETENTION + DAY);
    assert_eq!(depot.collect().await, 1);
    for hash in &kept {
        assert!(depot.has(*hash).await, "{hash}");
    }
    assert!(!depot.has(gone).await);
    for number in 0..spellings.len() {
        depot
            .push(Table::Messages, &format!("m{number}"), None)
            .await;
    }
    assert_eq!(
        depot.collect().await,
        6,
        "a removed message mentions nothing"
    );
}

#[tokio::test]
async fn a_url_protects_the_blob_that_it_may_be_uploading() {
    let depot = Depot::new().await;
    let hash = depot.upload("one").await;
    depot.later(RETENTION + DAY);
    depot.reserve(hash).await.expect("reserved");
    assert_eq!(depot.collect_after(Duration::ZERO).await, 0);
    depot.later(Duration::from_mins(74));
    assert_eq!(depot.collect().await, 0, "a transfer may outlive its URL");
    depot.later(Duration::from_mins(2));
    assert_eq!(depot.collect().await, 1);
}

#[tokio::test]
async fn a_file_that_is_committed_again_is_young_again() {
    let depot = Depot::new().await;
    let hash = depot.file("one").await;
    depot.later(ALMOST);
    depot.commit(hash).await.expect("committed");
    depot.later(DAY * 2);
    assert_eq!(depot.collect().await, 0);
    depot.later(RETENTION);
    assert_eq!(depot.collect().await, 1);
}

#[tokio::test]
async fn many_blobs_are_collected_over_many_pages() {
    let depot = Depot::new().await;
    let mut kept = Vec::new();
    for number in 0..450 {
        let hash = depot.upload(&format!("file {number}")).await;
        if number % 3 == 0 {
            depot.list(hash, number % 2 == 0).await;
            kept.push(hash);
        }
    }
    depot.later(RETENTION + DAY);
    assert_eq!(depot.collect().await, 300);
    for hash in kept {
        assert!(depot.has(hash).await);
    }
}

#[tokio::test]
async fn what_cut_off_uploads_left_goes_after_the_window() {
    let depot = Depot::new().await;
    depot.upload("one").await;
    let hex = "ab".repeat(32);
    for name in [
        format!("sha256_{hex}.tmp-1-2"),
        format!("sha256_{hex}.meta.json"),
    ] {
        fs::write(depot.folder().join(name), "left").expect("written");
    }
    let (blobs, claims) = (Arc::clone(&depot.blobs), depot.state.blob_claims());
    let collector = LeftoverCollector::new(blobs, claims, Duration::ZERO);
    let now = depot.clock.now();
    assert_eq!(
        collect_pass(&collector, now, 9).await.removed,
        0,
        "a day at least"
    );
    depot.later(DAY + DAY);
    let now = depot.clock.now();
    assert_eq!(survey_pass(&collector, now, 9).await.len(), 2);
    let tally = collect_pass(&collector, now, 9).await;
    assert_eq!((tally.removed, tally.bytes), (2, 8));
    assert_eq!(collect_pass(&collector, now, 9).await.removed, 0);
    assert_eq!(fs::read_dir(depot.folder()).expect("a folder").count(), 1);
}
