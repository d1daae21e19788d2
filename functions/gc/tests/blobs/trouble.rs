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
use or3_testkit::collect_pass;

use crate::depot::{DAY, Depot, RETENTION, ws};
use crate::races::{Steps, orphan};
use crate::takeovers::{DEATH, condemned, delete, is_committed};

/// A store that removes so many blobs and then answers no more requests to.
struct Failing {
    store: Arc<dyn BlobStore>,
    removals: AtomicI64,
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
        self.store.list(workspace, after, at_most).await
    }

    async fn delete(&self, key: &BlobKey, written_by: Timestamp) -> Result<bool, StoreError> {
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
