//! `or3-local copy-files`: what the fs provider keeps goes into the bucket of the s3 provider.
//!
//! The volume is only read, and a blob that the bucket has already is not sent again, so that a
//! copy can be broken off and repeated, and made beside a server that still takes uploads. Each
//! blob is hashed on its way: what is damaged does not arrive.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use or3_blobs::FsBlobs;
use or3_domain::clock::SystemClock;
use or3_domain::ids::{SystemIds, WorkspaceId};
use or3_domain::storage::{BlobKey, BlobStore, Interruption, Object, Proof, Stored, UploadError};
use or3_domain::store::StoreError;
use or3_runtime::StartError;
use or3_s3::S3Blobs;
use or3_settings::{Environment, Features, Storage, StorageProvider};

/// How many blobs are on their way at once.
const AT_ONCE: usize = 8;
/// How many are looked up at once.
const PAGE: u32 = 1000;
/// How long a blob may take besides what its size needs at [`SLOWEST`].
const GRACE: Duration = Duration::from_mins(1);
/// The slowest line that a copy is made over, in bytes a second.
const SLOWEST: u64 = 16 * 1024;

/// What a copy came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// How many blobs were sent.
    pub sent: u64,
    /// How many bytes they had.
    pub sent_bytes: u64,
    /// How many were in the bucket already, with their size and checksum.
    pub present: u64,
    /// How many could not be copied, because they are damaged or cannot be read; the log names them.
    pub failed: u64,
}

/// Copies every blob of the volume that the settings name into the bucket that they name.
///
/// # Errors
///
/// When the settings choose no bucket, the volume is not there, or the bucket fails twice on the
/// same blob. What was sent by then stays; the next copy goes on with the rest.
pub async fn copy_files(environment: &Environment) -> Result<Copied, StartError> {
    let elsewhere = || {
        StartError::surroundings(
            "OR3_STORAGE_PROVIDER must be s3 here: files are copied into the bucket that the \
             server will use",
        )
    };
    // Other providers want variables that a copy does not need.
    if environment.load::<Features>()?.storage != Some(StorageProvider::S3) {
        return Err(elsewhere());
    }
    let storage = environment.load::<Storage>()?;
    let bucket = storage.s3.as_ref().ok_or_else(elsewhere)?;
    let clock = Arc::new(SystemClock);
    let copy = Copy {
        from: FsBlobs::new(&storage.fs_root, clock.clone(), Arc::new(SystemIds)),
        to: S3Blobs::new(bucket, clock).map_err(StartError::surroundings)?,
    };
    let workspaces = copy.from.workspaces().await;
    let workspaces = workspaces
        .map_err(|error| StartError::surroundings(format!("OR3_STORAGE_FS_ROOT: {error}")))?;
    let mut copied = Copied::default();
    for workspace in workspaces {
        let trouble = |error| {
            StartError::surroundings(format!(
                "{error}: repeat the copy, it goes on with the rest"
            ))
        };
        let part = copy.workspace(&workspace).await.map_err(trouble)?;
        copied.add(part);
        tracing::info!(%workspace, ?part, "a workspace is copied");
    }
    Ok(copied)
}

struct Copy {
    from: FsBlobs,
    to: S3Blobs,
}

/// What became of one blob.
enum Fate {
    Sent(u64),
    Present,
    /// It was removed since it was listed.
    Gone,
    Failed,
}

impl Copied {
    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.sent_bytes += other.sent_bytes;
        self.present += other.present;
        self.failed += other.failed;
    }

    fn count(mut self, fate: &Fate) -> Self {
        match fate {
            Fate::Sent(bytes) => {
                self.sent += 1;
                self.sent_bytes += bytes;
            }
            Fate::Present => self.present += 1,
            Fate::Gone => {}
            Fate::Failed => self.failed += 1,
        }
        self
    }
}

impl Copy {
    async fn workspace(&self, workspace: &WorkspaceId) -> Result<Copied, StoreError> {
        let (mut copied, mut after) = (Copied::default(), None::<String>);
        loop {
            let page = self.from.list(workspace, after.as_deref(), PAGE).await?;
            let blobs = page.found.into_iter();
            let keys = blobs.filter_map(|stored| key(workspace, &stored));
            let fates = stream::iter(keys.map(|(key, bytes)| self.blob(key, bytes)));
            let part = fates.buffer_unordered(AT_ONCE);
            let part = part.try_fold(Copied::default(), async |sum, fate| Ok(sum.count(&fate)));
            copied.add(part.await?);
            after = page.next;
            if after.is_none() {
                return Ok(copied);
            }
        }
    }

    async fn blob(&self, key: BlobKey, bytes: u64) -> Result<Fate, StoreError> {
        let there = self.to.stat(&key).await?;
        if there.is_some_and(|stat| stat.size_bytes == bytes && stat.proof == Proof::Given) {
            return Ok(Fate::Present);
        }
        match self.send(&key).await {
            Err(UploadError::Store(StoreError::Unavailable(error))) => {
                tracing::warn!(error, "the bucket is asked once more");
            }
            sent => return settled(&key, sent),
        }
        settled(&key, self.send(&key).await)
    }

    /// How many bytes were sent; `None` if there is nothing to send any more.
    async fn send(&self, key: &BlobKey) -> Result<Option<u64>, UploadError> {
        let Some(blob) = self.from.open(key).await? else {
            return Ok(None);
        };
        let bytes = blob.size_bytes();
        let body = blob.read(0..bytes).map_err(|error| {
            tracing::error!(%error, "a file could not be read");
            Interruption::Broken
        });
        let patience = GRACE + Duration::from_secs(bytes / SLOWEST);
        let sent = tokio::time::timeout(patience, self.to.put(key, bytes, body.boxed())).await;
        let slow = |_| StoreError::Unavailable("the bucket takes too long".to_owned());
        sent.map_err(slow)??;
        Ok(Some(bytes))
    }
}

/// A blob that cannot be copied does not keep the others from it; a store that fails does.
fn settled(key: &BlobKey, sent: Result<Option<u64>, UploadError>) -> Result<Fate, StoreError> {
    match sent {
        Ok(Some(bytes)) => Ok(Fate::Sent(bytes)),
        Ok(None) => Ok(Fate::Gone),
        Err(UploadError::Store(error)) => Err(error),
        Err(error) => {
            let (workspace, hash) = (key.workspace(), key.hash());
            tracing::error!(%workspace, %hash, %error, "a file was not copied");
            Ok(Fate::Failed)
        }
    }
}

fn key(workspace: &WorkspaceId, stored: &Stored) -> Option<(BlobKey, u64)> {
    let Object::Blob(hash) = stored.object else {
        return None;
    };
    let key = BlobKey::new(workspace, hash).ok()?;
    Some((key, stored.size_bytes))
}
