//! Blobs that are given up and do not go: nobody waits for them longer than he must.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use or3_domain::clock::Clock;
use or3_domain::gc::{Collector, Piece};
use or3_domain::storage::{BlobStore, ContentHash};
use or3_domain::store::StoreError;
use or3_testkit::blob_store_suite::{body, key_in};
use or3_testkit::{BlobCall, WatchedBlobs, collect_pass, seed_workspace};

use crate::depot::{DAY, Depot, RETENTION, ws};
use crate::races::{Steps, orphan};
use crate::takeovers::{DEATH, condemned, delete, is_committed};

/// The store of `depot` behind a gate.
fn watched(
    depot: &Depot,
    before: impl Fn(BlobCall<'_>) -> Result<(), StoreError> + Send + Sync + 'static,
) -> Arc<dyn BlobStore> {
    Arc::new(WatchedBlobs {
        store: Arc::clone(&depot.blobs),
        before: Box::new(before),
        after: Box::new(|_| Ok(())),
        page: u32::MAX,
    })
}

fn fault() -> StoreError {
    StoreError::Fault("it is none".to_owned())
}

/// Five orphans, and what the piece said that removed `removals` of them and then had trouble.
async fn swept(removals: i64) -> (Depot, Vec<ContentHash>, Result<u64, StoreError>) {
    let mut depot = Depot::new().await;
    let mut hashes = Vec::new();
    for number in 0..5 {
        hashes.push(depot.file(&format!("file {number}")).await);
    }
    depot.later(RETENTION + DAY);
    let left = AtomicI64::new(removals);
    depot.blobs = watched(&depot, move |call| match call {
        BlobCall::Delete(_) if left.fetch_sub(1, Ordering::Relaxed) <= 0 => {
            Err(StoreError::Unavailable("no answer".to_owned()))
        }
        _ => Ok(()),
    });
    let mut steps = Steps::new(&depot);
    steps.until("Sweep").await;
    let piece = Piece {
        position: steps.position.as_deref(),
        at_most: 9,
        now: depot.clock.now(),
    };
    let done = steps.collector.collect(&piece).await;
    let removed = done.map(|done| done.tally.removed);
    drop(steps);
    (depot, hashes, removed)
}

#[tokio::test]
async fn trouble_at_one_blob_keeps_nobody_from_the_others() {
    for removals in [0, 2] {
        let (depot, hashes, removed) = swept(removals).await;
        match removed {
            Ok(removed) => assert_eq!(removed, 2, "what was removed is counted"),
            Err(error) => assert!(removals == 0, "{error}"),
        }
        let (mut gone, mut free, mut unknown) = (0, 0, 0);
        for hash in hashes {
            let there = depot.has(hash).await;
            match depot.reserve(hash).await {
                Ok(_) if there => free += i64::from(is_committed(&depot, hash).await),
                Ok(_) => gone += i64::from(!is_committed(&depot, hash).await),
                Err(StoreError::Unavailable(_)) => unknown += i64::from(there),
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!((gone, free, unknown), (removals, 4 - removals, 1));
    }
}

/// Removes what goes, and says how many went and how the pass ended.
async fn whole_pass(depot: &Depot) -> (u64, Result<(), StoreError>) {
    let collector = depot.collector(RETENTION);
    let (mut removed, mut position) = (0, None);
    loop {
        let piece = Piece {
            position: position.as_deref(),
            at_most: 9,
            now: depot.clock.now(),
        };
        match collector.collect(&piece).await {
            Ok(done) => {
                removed += done.tally.removed;
                position = done.next;
            }
            Err(error) => return (removed, Err(error)),
        }
        if position.is_none() {
            return (removed, Ok(()));
        }
    }
}

/// Two workspaces with three orphans each, and the hash of one of them.
async fn two_workspaces() -> (Depot, ContentHash) {
    let depot = Depot::new().await;
    seed_workspace(&*depot.state.sessions(), "zz-other").await;
    let mut hash = None;
    for text in ["file 0", "file 1", "file 2"] {
        hash = Some(depot.upload(text).await);
        let key = key_in("zz-other", text.as_bytes());
        let bytes = body(text.as_bytes(), 99);
        let put = depot.blobs.put(&key, text.len() as u64, bytes).await;
        put.expect("stored");
    }
    depot.later(RETENTION + DAY);
    (depot, hash.expect("three"))
}

#[tokio::test]
async fn what_is_odd_keeps_nothing_else_from_going_and_fails_the_pass_at_its_end() {
    let (mut stuck, hash) = two_workspaces().await;
    stuck.blobs = watched(&stuck, move |call| match call {
        BlobCall::Delete(key) if *key.hash() == hash => Err(fault()),
        _ => Ok(()),
    });
    let (mut unlisted, _) = two_workspaces().await;
    unlisted.blobs = watched(&unlisted, |call| match call {
        BlobCall::List(workspace) if *workspace == ws() => Err(fault()),
        _ => Ok(()),
    });
    for (depot, wanted) in [(stuck, 4), (unlisted, 3)] {
        let (removed, ended) = whole_pass(&depot).await;
        assert_eq!(removed, wanted);
        assert!(matches!(ended, Err(StoreError::Fault(_))), "{ended:?}");
        depot.later(DAY);
        let (removed, ended) = whole_pass(&depot).await;
        assert_eq!(removed, 0, "nothing is left but what is odd");
        assert!(ended.is_err());
    }
}

#[tokio::test]
async fn what_a_dead_collection_condemned_can_be_uploaded_without_another_one() {
    for removed in [false, true] {
        let depot = Depot::new().await;
        let (hash, workspace) = (orphan(&depot).await, ws());
        let rule = condemned(&depot, &workspace, hash).await;
        if removed {
            delete(&depot, rule, hash).await;
        }
        depot.later(Duration::from_mins(9));
        let early = depot.reserve(hash).await;
        assert!(matches!(early, Err(StoreError::Unavailable(_))));
        depot.later(Duration::from_mins(2));
        depot.reserve(hash).await.expect("reserved");
        let claims = depot.state.blob_claims();
        claims.forget(rule, &[hash]).await.expect("nothing to do");
        assert!(is_committed(&depot, hash).await, "it is nobody's claim");
        // Nobody uploads: the next collection looks whether the blob is there.
        let collector = depot.collector(RETENTION);
        let counted = collect_pass(&collector, depot.clock.now(), 9).await.removed;
        assert_eq!(counted, 0);
        assert_eq!(depot.has(hash).await, !removed);
        assert_eq!(is_committed(&depot, hash).await, !removed);
    }
}

#[tokio::test]
async fn what_a_dead_collection_condemned_can_be_committed() {
    let depot = Depot::new().await;
    let (hash, workspace) = (orphan(&depot).await, ws());
    let rule = condemned(&depot, &workspace, hash).await;
    depot.later(DEATH);
    depot.commit(hash).await.expect("committed");
    let claims = depot.state.blob_claims();
    claims.forget(rule, &[hash]).await.expect("nothing to do");
    assert!(is_committed(&depot, hash).await);
    assert_eq!(depot.collect().await, 0);
}
