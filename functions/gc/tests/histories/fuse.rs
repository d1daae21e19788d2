//! Ports that die: every call may be the last one of a process, before it does anything or after
//! it has done all and before anybody hears of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use or3_domain::clock::Timestamp;
use or3_domain::gc::{Done, Survey};
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{
    BlobClaims, BlobKey, BlobStat, BlobStore, ByteStream, ClaimRule, Condemnation, ContentHash,
    Interruption, Listing, OpenBlob, References, UploadError,
};
use or3_domain::store::StoreError;
use or3_domain::sync::{History, HistoryPiece, HistoryWindow, SyncHistory};

/// Burns down by one before and after every call.
#[derive(Clone)]
pub(crate) struct Fuse(Arc<AtomicI64>);

impl Fuse {
    pub(crate) fn of(length: i64) -> Self {
        Self(Arc::new(AtomicI64::new(length)))
    }

    fn burn(&self) -> Result<(), StoreError> {
        if self.0.fetch_sub(1, Ordering::Relaxed) > 0 {
            return Ok(());
        }
        Err(StoreError::Unavailable("the process died".to_owned()))
    }
}

/// A port behind a fuse.
pub(crate) struct Fused<P: ?Sized> {
    pub(crate) port: Arc<P>,
    pub(crate) fuse: Fuse,
}

macro_rules! burning {
    ($self:ident, $call:expr) => {{
        $self.fuse.burn()?;
        let outcome = $call.await?;
        $self.fuse.burn()?;
        Ok(outcome)
    }};
}

#[async_trait]
impl SyncHistory for Fused<dyn SyncHistory> {
    async fn next_workspace(
        &self,
        after: Option<&WorkspaceId>,
        history: History,
        window: HistoryWindow,
    ) -> Result<Option<WorkspaceId>, StoreError> {
        burning!(self, self.port.next_workspace(after, history, window))
    }

    async fn collect(
        &self,
        history: History,
        piece: &HistoryPiece<'_>,
    ) -> Result<Done, StoreError> {
        burning!(self, self.port.collect(history, piece))
    }

    async fn survey(
        &self,
        history: History,
        piece: &HistoryPiece<'_>,
    ) -> Result<Survey, StoreError> {
        burning!(self, self.port.survey(history, piece))
    }
}

#[async_trait]
impl BlobClaims for Fused<dyn BlobClaims> {
    async fn next_workspace(
        &self,
        after: Option<&WorkspaceId>,
    ) -> Result<Option<WorkspaceId>, StoreError> {
        burning!(self, self.port.next_workspace(after))
    }

    async fn unprotected(
        &self,
        rule: ClaimRule<'_>,
        hashes: &[ContentHash],
    ) -> Result<Vec<ContentHash>, StoreError> {
        burning!(self, self.port.unprotected(rule, hashes))
    }

    async fn claim(&self, rule: ClaimRule<'_>, hashes: &[ContentHash]) -> Result<u32, StoreError> {
        burning!(self, self.port.claim(rule, hashes))
    }

    async fn references(
        &self,
        workspace: &WorkspaceId,
        after: Option<&str>,
        _at_most: u32,
    ) -> Result<References, StoreError> {
        // Small pages, so that a look takes several.
        burning!(self, self.port.references(workspace, after, 2))
    }

    async fn release(&self, rule: ClaimRule<'_>, hashes: &[ContentHash]) -> Result<(), StoreError> {
        burning!(self, self.port.release(rule, hashes))
    }

    async fn condemn(
        &self,
        rule: ClaimRule<'_>,
        _at_most: u32,
    ) -> Result<Condemnation, StoreError> {
        burning!(self, self.port.condemn(rule, 2))
    }

    async fn forget(&self, rule: ClaimRule<'_>, hashes: &[ContentHash]) -> Result<(), StoreError> {
        burning!(self, self.port.forget(rule, hashes))
    }

    async fn take_over(
        &self,
        rule: ClaimRule<'_>,
        at_most: u32,
    ) -> Result<Vec<ContentHash>, StoreError> {
        burning!(self, self.port.take_over(rule, at_most))
    }

    async fn committed(
        &self,
        workspace: &WorkspaceId,
        after: Option<ContentHash>,
        at_most: u32,
    ) -> Result<Vec<(ContentHash, u64)>, StoreError> {
        burning!(self, self.port.committed(workspace, after, at_most))
    }
}

#[async_trait]
impl BlobStore for Fused<dyn BlobStore> {
    async fn put(
        &self,
        key: &BlobKey,
        size_bytes: u64,
        body: ByteStream<Interruption>,
    ) -> Result<(), UploadError> {
        self.port.put(key, size_bytes, body).await
    }

    async fn stat(&self, key: &BlobKey) -> Result<Option<BlobStat>, StoreError> {
        burning!(self, self.port.stat(key))
    }

    async fn open(&self, key: &BlobKey) -> Result<Option<Box<dyn OpenBlob>>, StoreError> {
        self.port.open(key).await
    }

    async fn mark_committed(
        &self,
        key: &BlobKey,
        hash_as_sent: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.port.mark_committed(key, hash_as_sent, at).await
    }

    async fn list(
        &self,
        workspace: &WorkspaceId,
        after: Option<&str>,
        _at_most: u32,
    ) -> Result<Listing, StoreError> {
        burning!(self, self.port.list(workspace, after, 2))
    }

    async fn delete(&self, key: &BlobKey, written_by: Timestamp) -> Result<bool, StoreError> {
        burning!(self, self.port.delete(key, written_by))
    }

    async fn discard(
        &self,
        workspace: &WorkspaceId,
        leftover: &str,
        written_by: Timestamp,
    ) -> Result<bool, StoreError> {
        burning!(self, self.port.discard(workspace, leftover, written_by))
    }
}
