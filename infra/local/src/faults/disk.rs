//! A disk with little room for files. (The room of rows is a limit of the database itself.)

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use async_trait::async_trait;
use axum::body::Bytes;
use futures_util::Stream;
use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{
    BlobKey, BlobStat, BlobStore, ByteStream, EndedUpload, Interruption, Listing, OpenBlob, Part,
    PartialError, PartialId, PartialUploads, UploadError, Verdict,
};
use or3_domain::store::StoreError;

/// The room that files have.
pub(crate) struct Disk {
    bytes: u64,
    left: AtomicU64,
}

/// What writes to a small disk.
pub(crate) struct OnDisk<T: ?Sized> {
    disk: Arc<Disk>,
    inner: Arc<T>,
}

/// A body that breaks off where the disk is full.
struct Poured {
    body: ByteStream<Interruption>,
    disk: Arc<Disk>,
    written: Arc<Written>,
}

/// What became of a body.
#[derive(Default)]
struct Written {
    bytes: AtomicU64,
    full: AtomicBool,
}

impl Disk {
    pub(super) fn of(bytes: u64) -> Self {
        Self {
            bytes,
            left: AtomicU64::new(bytes),
        }
    }

    /// How much there is in all.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Takes room for `bytes` more, or says that there is none.
    fn take(&self, bytes: u64) -> bool {
        let less = |left: u64| left.checked_sub(bytes);
        let (left, order) = (&self.left, Ordering::Relaxed);
        left.fetch_update(order, order, less).is_ok()
    }
}

impl Stream for Poured {
    type Item = Result<Bytes, Interruption>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = ready!(self.body.as_mut().poll_next(context));
        if let Some(Ok(bytes)) = &piece {
            let length = bytes.len() as u64;
            if !self.disk.take(length) {
                self.written.full.store(true, Ordering::Relaxed);
                return Poll::Ready(Some(Err(Interruption::Broken)));
            }
            self.written.bytes.fetch_add(length, Ordering::Relaxed);
        }
        Poll::Ready(piece)
    }
}

impl Written {
    /// What a store says of a body that filled the disk.
    fn full(&self) -> Option<StoreError> {
        let full = self.full.load(Ordering::Relaxed);
        full.then(|| StoreError::Full("the small disk of OR3_FAULTS".to_owned()))
    }
}

impl<T: ?Sized> OnDisk<T> {
    pub(crate) fn new(disk: Arc<Disk>, inner: Arc<T>) -> Self {
        Self { disk, inner }
    }

    fn pour(&self, body: ByteStream<Interruption>) -> (ByteStream<Interruption>, Arc<Written>) {
        let written = Arc::<Written>::default();
        let poured = Poured {
            body,
            disk: Arc::clone(&self.disk),
            written: Arc::clone(&written),
        };
        (Box::pin(poured), written)
    }
}

#[async_trait]
impl BlobStore for OnDisk<dyn BlobStore> {
    async fn put(
        &self,
        key: &BlobKey,
        size_bytes: u64,
        body: ByteStream<Interruption>,
    ) -> Result<(), UploadError> {
        let (body, written) = self.pour(body);
        let outcome = self.inner.put(key, size_bytes, body).await;
        if outcome.is_err() {
            let given_back = written.bytes.load(Ordering::Relaxed);
            self.disk.left.fetch_add(given_back, Ordering::Relaxed);
        }
        written.full().map_or(outcome, |full| Err(full.into()))
    }

    async fn stat(&self, key: &BlobKey) -> Result<Option<BlobStat>, StoreError> {
        self.inner.stat(key).await
    }

    async fn open(&self, key: &BlobKey) -> Result<Option<Box<dyn OpenBlob>>, StoreError> {
        self.inner.open(key).await
    }

    async fn mark_committed(
        &self,
        key: &BlobKey,
        hash_as_sent: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.inner.mark_committed(key, hash_as_sent, at).await
    }

    async fn list(
        &self,
        workspace: &WorkspaceId,
        after: Option<&str>,
        at_most: u32,
    ) -> Result<Listing, StoreError> {
        self.inner.list(workspace, after, at_most).await
    }

    async fn delete(&self, key: &BlobKey, written_by: Timestamp) -> Result<bool, StoreError> {
        self.inner.delete(key, written_by).await
    }

    async fn discard(
        &self,
        workspace: &WorkspaceId,
        leftover: &str,
        written_by: Timestamp,
    ) -> Result<bool, StoreError> {
        self.inner.discard(workspace, leftover, written_by).await
    }

    async fn verify(&self, key: &BlobKey) -> Result<Option<Verdict>, StoreError> {
        self.inner.verify(key).await
    }
}

#[async_trait]
impl PartialUploads for OnDisk<dyn PartialUploads> {
    async fn begin(&self, id: &PartialId) -> Result<(), StoreError> {
        self.inner.begin(id).await
    }

    async fn received(&self, id: &PartialId) -> Result<Option<u64>, StoreError> {
        self.inner.received(id).await
    }

    async fn append(
        &self,
        id: &PartialId,
        part: Part,
        body: ByteStream<Interruption>,
    ) -> Result<u64, PartialError> {
        let (body, written) = self.pour(body);
        let outcome = self.inner.append(id, part, body).await;
        written.full().map_or(outcome, |full| Err(full.into()))
    }

    async fn finish(
        &self,
        id: &PartialId,
        key: &BlobKey,
        size_bytes: u64,
    ) -> Result<(), PartialError> {
        self.inner.finish(id, key, size_bytes).await
    }

    async fn discard(&self, id: &PartialId) -> Result<(), PartialError> {
        self.inner.discard(id).await
    }

    async fn ended(
        &self,
        now: Timestamp,
        after: Option<PartialId>,
        limit: u32,
    ) -> Result<Vec<EndedUpload>, StoreError> {
        self.inner.ended(now, after, limit).await
    }
}
