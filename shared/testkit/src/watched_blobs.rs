//! A store of blobs whose calls a test may fail.

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{
    BlobKey, BlobStat, BlobStore, ByteStream, Interruption, Listing, OpenBlob, UploadError,
};
use or3_domain::store::StoreError;

/// What collections ask a store for.
#[derive(Clone, Copy, Debug)]
pub enum BlobCall<'a> {
    /// How large and old a blob is.
    Stat(&'a BlobKey),
    /// A page of a workspace.
    List(&'a WorkspaceId),
    /// To remove a blob.
    Delete(&'a BlobKey),
    /// To remove what an upload has left.
    Discard(&'a WorkspaceId),
}

/// Says whether a call goes on.
pub type BlobGate = Box<dyn Fn(BlobCall<'_>) -> Result<(), StoreError> + Send + Sync>;

/// The store behind it, for calls that pass `before`; their answer is heard if `after` lets it.
/// Calls of uploads and downloads always pass.
pub struct WatchedBlobs {
    /// The store itself.
    pub store: Arc<dyn BlobStore>,
    /// Asked before anything is done.
    pub before: BlobGate,
    /// Asked when all is done.
    pub after: BlobGate,
    /// How much a page holds at most.
    pub page: u32,
}

macro_rules! watched {
    ($self:ident, $call:expr, $done:expr) => {{
        ($self.before)($call)?;
        let outcome = $done.await?;
        ($self.after)($call)?;
        Ok(outcome)
    }};
}

#[async_trait]
impl BlobStore for WatchedBlobs {
    async fn put(
        &self,
        key: &BlobKey,
        size_bytes: u64,
        body: ByteStream<Interruption>,
    ) -> Result<(), UploadError> {
        self.store.put(key, size_bytes, body).await
    }

    async fn stat(&self, key: &BlobKey) -> Result<Option<BlobStat>, StoreError> {
        watched!(self, BlobCall::Stat(key), self.store.stat(key))
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
        let page = self.store.list(workspace, after, at_most.min(self.page));
        watched!(self, BlobCall::List(workspace), page)
    }

    async fn delete(&self, key: &BlobKey, written_by: Timestamp) -> Result<bool, StoreError> {
        let deleted = self.store.delete(key, written_by);
        watched!(self, BlobCall::Delete(key), deleted)
    }

    async fn discard(
        &self,
        workspace: &WorkspaceId,
        leftover: &str,
        written_by: Timestamp,
    ) -> Result<bool, StoreError> {
        let discarded = self.store.discard(workspace, leftover, written_by);
        watched!(self, BlobCall::Discard(workspace), discarded)
    }
}
