//! Blobs that are given up and do not go: nobody waits for them longer than he must.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use or3_domain::clock::{Clock, Timestamp};
use or3_domain::gc::{Collector, Piece};
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{
    BlobKey, BlobStat, BlobStore, ByteStream, ContentHash, Interruption, Listing, OpenBlob,
    UploadError,
};
use or3_domain::store::StoreError;
use or3_testkit::blob_store_suite::{body, key_in};
use or3_testkit::{collect_pass, seed_workspace};

use crate::depot::{DAY, Depot, RETENTION, ws};
use crate::races::{Steps, orphan};
use crate::takeovers::{DEATH, condemned, delete, is_committed};

/// A store that removes so many blobs and then answers no more requests to; and that has a blob
/// which cannot be removed, or a workspace which cannot be listed.
struct Failing {
    store: Arc<dyn BlobStore>,
    removals: AtomicI64,
    stuck: Option<ContentHash>,
    unlisted: Option<WorkspaceId>,
}

#[async_trait]
impl BlobStore for Failing {
    async fn put(
        &self,
        key: &BlobKey,
        size_bytes: u64,
        body: ByteStream<Interruption>,
    ) -> Result<(), UploadError> {
        self.store.put(key, size_bytes, body).await
    }

    async fn stat(&self, key: &BlobKey) -> Result<Option<BlobStat>, StoreError> {
        self.store.stat(key).await
    }

    async fn open(&self, key: &BlobKey) -> Result<Option<Box<dyn OpenBlob>>, StoreError> {
        self.store.open(key).await
    }

    async fn mark_committed(
        &self,
        key: &BlobKey,
        hash_as_sent: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.store.mark_committed(key, hash_as_sent, at).await
    }

    async fn list(
        &self,
        workspace: &WorkspaceId,
        after: Option<&str>,
        at_most: u32,
    ) -> Result<Listing, StoreError> {
        if self.unlisted.as_ref() == Some(workspace) {
            return Err(StoreError::Fault("a folder that is none".to_owned()));
        }
        self.store.list(workspace, after, at_most).await
    }

    async fn delete(&self, key: &BlobKey, written_by: Timestamp) -> Result<bool, StoreError> {
        if self.stuck.as_ref() == Some(key.hash()) {
            return Err(StoreError::Fault("a blob that is none".to_owned()));
        }
        if self.removals.fetch_sub(1, Ordering::Relaxed) > 0 {
            return self.store.delete(key, written_by).await;
        }
        Err(StoreError::Unavailable("no answer".to_owned()))
    }

    async fn discard(
        &self,
        workspace: &WorkspaceId,
        leftover: &str,
        written_by: Timestamp,
    ) -> Result<bool, StoreError> {
        self.store.discard(workspace, leftover, written_by).await
    }
}

/// Five orphans, and what the piece said that removed `removals` of them and then had trouble.
async fn swept(removals: i64) -> (Depot, Vec<ContentHash>, Result<u64, StoreError>) {
    let mut depot = Depot::new().await;
    let mut hashes = Vec::new();
    for number in 0..5 {
        hashes.push(depot.file(&format!("file {number}")).await);
    }
    depot.later(RETENTION + DAY);
    depot.blobs = Arc::new(Failing {
        store: Arc::clone(&depot.blobs),
        removals: AtomicI64::new(removals),
        stuck: None,
        unlisted: None,
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

/// Two workspaces with three orphans each, in a store with an oddity, perhaps of the first orphan.
async fn two_workspaces(odd: impl FnOnce(&mut Failing, ContentHash)) -> Depot {
    let mut depot = Depot::new().await;
    seed_workspace(&*depot.state.sessions(), "zz-other").await;
    let mut hashes = Vec::new();
    for number in 0..3 {
        let text = format!("file {number}");
        hashes.push(depot.upload(&text).await);
        let key = key_in("zz-other", text.as_bytes());
        let bytes = body(text.as_bytes(), 99);
        depot
            .blobs
            .put(&key, text.len() as u64, bytes)
            .await
            .expect("stored");
    }
    depot.later(RETENTION + DAY);
    let mut failing = Failing {
        store: Arc::clone(&depot.blobs),
        removals: AtomicI64::new(i64::MAX),
        stuck: None,
        unlisted: None,
    };
    odd(&mut failing, hashes[0]);
    depot.blobs = Arc::new(failing);
    depot
}

#[tokio::test]
async fn what_is_odd_keeps_nothing_else_from_going_and_fails_the_pass_at_its_end() {
    let stuck = two_workspaces(|store, hash| store.stuck = Some(hash)).await;
    let unlisted = two_workspaces(|store, _| store.unlisted = Some(ws())).await;
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
