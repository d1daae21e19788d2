//! [`BlobStore`] on a bucket.

use std::sync::Arc;

use async_trait::async_trait;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Method, StatusCode};
use or3_domain::clock::{Clock, Timestamp};
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{
    BlobKey, BlobStat, BlobStore, ByteStream, Interruption, Listing, OpenBlob, Proof, UploadError,
};
use or3_domain::store::StoreError;
use or3_settings::S3;

use crate::bucket::{Bucket, Call, InvalidSettings, text};
use crate::digest::proof;
use crate::failure::refusal;
use crate::{list, read, send};

/// Blobs in a bucket; clones share its connections.
///
/// Durability and atomicity are S3's own: an object is there whole or not at all, for every
/// reader, from the moment that its upload is answered. Removing an object of a bucket with
/// versions hides it; the bucket's lifecycle removes the bytes.
#[derive(Clone)]
pub struct S3Blobs {
    bucket: Arc<Bucket>,
    /// Whether a blob counts as proven only by a checksum that the store keeps.
    require_checksum: bool,
}

impl S3Blobs {
    /// The provider over the bucket of `settings`, without a request to it; `clock` dates the
    /// signatures.
    ///
    /// # Errors
    ///
    /// [`InvalidSettings`] when requests could never be signed.
    pub fn new(settings: &S3, clock: Arc<dyn Clock>) -> Result<Self, InvalidSettings> {
        Ok(Self {
            bucket: Arc::new(Bucket::new(settings, clock)?),
            require_checksum: settings.require_checksum,
        })
    }

    pub(crate) fn bucket(&self) -> Arc<Bucket> {
        Arc::clone(&self.bucket)
    }

    fn described(&self, key: &BlobKey, head: &HeaderMap) -> Result<BlobStat, StoreError> {
        let proof = match proof(key.hash(), head) {
            Proof::Missing if !self.require_checksum => Proof::Given,
            proof => proof,
        };
        Ok(BlobStat {
            size_bytes: size(head)?,
            committed: false,
            proof,
        })
    }
}

#[async_trait]
impl BlobStore for S3Blobs {
    async fn put(
        &self,
        key: &BlobKey,
        size_bytes: u64,
        body: ByteStream<Interruption>,
    ) -> Result<(), UploadError> {
        send::put(&self.bucket, key, size_bytes, body).await
    }

    async fn stat(&self, key: &BlobKey) -> Result<Option<BlobStat>, StoreError> {
        match look(&self.bucket, key).await? {
            Some(head) => self.described(key, &head).map(Some),
            None => Ok(None),
        }
    }

    async fn open(&self, key: &BlobKey) -> Result<Option<Box<dyn OpenBlob>>, StoreError> {
        let opened = read::open(self.bucket(), key).await?;
        Ok(opened.map(|object| Box::new(object) as Box<dyn OpenBlob>))
    }

    /// Does nothing: this store keeps no marks, our record of the commit decides.
    async fn mark_committed(
        &self,
        _key: &BlobKey,
        _hash_as_sent: &str,
        _at: Timestamp,
    ) -> Result<(), StoreError> {
        Ok(())
    }

    async fn list(
        &self,
        workspace: &WorkspaceId,
        after: Option<&str>,
        at_most: u32,
    ) -> Result<Listing, StoreError> {
        list::page(&self.bucket, workspace, after, at_most).await
    }

    /// S3 does not say whether there was something to remove, so that it is asked before. Of two
    /// removals at once both may say yes.
    async fn delete(&self, key: &BlobKey, written_by: Timestamp) -> Result<bool, StoreError> {
        let found = list::one(&self.bucket, key).await?;
        if found.is_none_or(|modified_at| modified_at > written_by) {
            return Ok(false);
        }
        let delete = self.bucket.object(Method::DELETE, key);
        let answer = self.bucket.ask(&delete).await?;
        match answer.status() {
            status if status.is_success() => Ok(true),
            StatusCode::NOT_FOUND => Ok(true),
            _ => Err(refusal(&answer, "remove a blob")),
        }
    }

    /// S3 keeps nothing of an upload that was cut off, so that there is never anything to remove.
    async fn discard(
        &self,
        _workspace: &WorkspaceId,
        _leftover: &str,
        _written_by: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(false)
    }
}

/// The head of `key`'s object; `None` only if the bucket is there and the object is not.
async fn look(bucket: &Bucket, key: &BlobKey) -> Result<Option<HeaderMap>, StoreError> {
    let found = glance(bucket, key).await?;
    if found.is_none() {
        // A bucket that is not there answers the same 404, and is trouble.
        exists(bucket).await?;
    }
    Ok(found)
}

/// The head of `key`'s object; `None` for any 404.
pub(crate) async fn glance(
    bucket: &Bucket,
    key: &BlobKey,
) -> Result<Option<HeaderMap>, StoreError> {
    let head = bucket
        .object(Method::HEAD, key)
        .header("x-amz-checksum-mode", "ENABLED");
    let answer = bucket.ask(&head).await?;
    match answer.status() {
        StatusCode::OK => Ok(Some(answer.into_parts().0.headers)),
        StatusCode::NOT_FOUND => Ok(None),
        _ => Err(refusal(&answer, "look at a blob")),
    }
}

/// Whether the bucket is there and may be used.
///
/// # Errors
///
/// When it is not.
pub(crate) async fn exists(bucket: &Bucket) -> Result<(), StoreError> {
    let head = Call::new(Method::HEAD, bucket.place.bucket_path());
    let answer = bucket.ask(&head).await?;
    if answer.status().is_success() {
        return Ok(());
    }
    Err(refusal(&answer, "look at the bucket"))
}

/// The size that a head names.
pub(crate) fn size(head: &HeaderMap) -> Result<u64, StoreError> {
    let size = text(head, &CONTENT_LENGTH).and_then(|size| size.parse().ok());
    size.ok_or_else(|| StoreError::Fault("an object without a size".to_owned()))
}
