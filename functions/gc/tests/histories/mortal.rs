//! Ports of a process that dies: every call of the store of blobs may be its last one, before it
//! does anything or after it has done all and before anybody hears of it. Where it dies in a
//! database is decided there. Pages are small, so that whatever takes pages takes several.

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{
    BlobClaims, BlobKey, BlobStat, BlobStore, ByteStream, ClaimRule, Condemnation, ContentHash,
    Interruption, Listing, OpenBlob, References, UploadError,
};
use or3_domain::store::StoreError;
use or3_state::faults::Lifespan;

/// How much a page holds.
const PAGE: u32 = 2;

/// Claims whose pages are small.
pub(crate) struct SmallPages(pub(crate) Arc<dyn BlobClaims>);

#[async_trait]
impl BlobClaims for SmallPages {
    async fn next_workspace(
        &self,
        after: Option<&WorkspaceId>,
    ) -> Result<Option<WorkspaceId>, StoreError> {
        self.0.next_workspace(after).await
    }

    async fn unprotected(
        &self,
        rule: ClaimRule<'_>,
        hashes: &[ContentHash],
    ) -> Result<Vec<ContentHash>, StoreError> {
        self.0.unprotected(rule, hashes).await
    }

    async fn claim(&self, rule: ClaimRule<'_>, hashes: &[ContentHash]) -> Result<u32, StoreError> {
        self.0.claim(rule, hashes).await
    }

    async fn seal(
        &self,
        rule: ClaimRule<'_>,
        sealed: &str,
        _at_most: u32,
    ) -> Result<u32, StoreError> {
        self.0.seal(rule, sealed, PAGE).await
    }

    async fn references(
        &self,
        workspace: &WorkspaceId,
        after: Option<&str>,
        _at_most: u32,
    ) -> Result<References, StoreError> {
        self.0.references(workspace, after, PAGE).await
    }

    async fn release(&self, rule: ClaimRule<'_>, hashes: &[ContentHash]) -> Result<(), StoreError> {
        self.0.release(rule, hashes).await
    }

    async fn condemn(
        &self,
        rule: ClaimRule<'_>,
        _at_most: u32,
    ) -> Result<Condemnation, StoreError> {
        self.0.condemn(rule, PAGE).await
    }

    async fn forget(&self, rule: ClaimRule<'_>, hashes: &[ContentHash]) -> Result<(), StoreError> {
        self.0.forget(rule, hashes).await
    }

    async fn take_over(
        &self,
        rule: ClaimRule<'_>,
        at_most: u32,
    ) -> Result<Vec<ContentHash>, StoreError> {
        self.0.take_over(rule, at_most).await
    }

    async fn committed(
        &self,
        workspace: &WorkspaceId,
        after: Option<ContentHash>,
        at_most: u32,
    ) -> Result<Vec<(ContentHash, u64)>, StoreError> {
        self.0.committed(workspace, after, at_most).await
    }
}

/// A store of blobs that dies with its process.
pub(crate) struct MortalBlobs {
    pub(crate) store: Arc<dyn BlobStore>,
    pub(crate) life: Lifespan,
}

macro_rules! living {
    ($self:ident, $call:expr) => {{
        $self.life.step()?;
        let outcome = $call.await?;
        $self.life.step()?;
        Ok(outcome)
    }};
}

#[async_trait]
impl BlobStore for MortalBlobs {
    async fn put(
        &self,
        key: &BlobKey,
        size_bytes: u64,
        body: ByteStream<Interruption>,
    ) -> Result<(), UploadError> {
        self.store.put(key, size_bytes, body).await
    }

    async fn stat(&self, key: &BlobKey) -> Result<Option<BlobStat>, StoreError> {
        living!(self, self.store.stat(key))
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
        _at_most: u32,
    ) -> Result<Listing, StoreError> {
        living!(self, self.store.list(workspace, after, PAGE))
    }

    async fn delete(&self, key: &BlobKey, written_by: Timestamp) -> Result<bool, StoreError> {
        living!(self, self.store.delete(key, written_by))
    }

    async fn discard(
        &self,
        workspace: &WorkspaceId,
        leftover: &str,
        written_by: Timestamp,
    ) -> Result<bool, StoreError> {
        living!(self, self.store.discard(workspace, leftover, written_by))
    }
}
