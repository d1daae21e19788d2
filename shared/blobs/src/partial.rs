//! [`PartialUploads`] on the volume of the blobs.

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::clock::Timestamp;
use or3_domain::storage::{
    BlobKey, ByteStream, Interruption, Part, PartialError, PartialId, PartialUploads, UploadError,
};
use or3_domain::store::StoreError;
use rustix::fs::{Dir, Mode, OFlags, fsync, openat};

use crate::append::append;
use crate::failure::{self, blocking, finished};
use crate::folder::Root;
use crate::held::Held;
use crate::store::{self, FsBlobs};

/// Uploads in parts, one file each, beside the blobs that they become.
#[derive(Clone)]
pub struct FsPartials {
    root: Arc<Root>,
}

const NEW: OFlags = OFlags::WRONLY
    .union(OFlags::CREATE)
    .union(OFlags::EXCL)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

impl FsPartials {
    /// Uploads on the volume of `blobs`.
    pub fn new(blobs: &FsBlobs) -> Self {
        Self { root: blobs.root() }
    }

    fn root(&self) -> Arc<Root> {
        Arc::clone(&self.root)
    }
}

#[async_trait]
impl PartialUploads for FsPartials {
    async fn begin(&self, id: &PartialId) -> Result<(), StoreError> {
        let (root, name) = (self.root(), id.to_string());
        blocking(move || {
            let folder = root.make_uploads()?;
            openat(&folder, name, NEW, Mode::RUSR | Mode::WUSR)
                .map_err(|error| failure::of(error, "make an upload"))?;
            fsync(&folder).map_err(|error| failure::of(error, "flush a folder"))
        })
        .await
    }

    async fn received(&self, id: &PartialId) -> Result<Option<u64>, StoreError> {
        let (root, name) = (self.root(), id.to_string());
        blocking(move || match root.uploads()? {
            Some(folder) => store::size_of(&folder, &name),
            None => Ok(None),
        })
        .await
    }

    async fn append(
        &self,
        id: &PartialId,
        part: Part,
        body: ByteStream<Interruption>,
    ) -> Result<u64, PartialError> {
        // A task of its own: when the sender breaks off, nobody waits for this any more, and what
        // has come is still to be written.
        finished(tokio::spawn(append(self.root(), *id, part, body))).await
    }

    async fn finish(
        &self,
        id: &PartialId,
        key: &BlobKey,
        size_bytes: u64,
    ) -> Result<(), PartialError> {
        let (root, id, key) = (self.root(), *id, key.clone());
        blocking(move || finish(&root, &id, &key, size_bytes)).await
    }

    async fn discard(&self, id: &PartialId) -> Result<(), PartialError> {
        let (root, id) = (self.root(), *id);
        blocking(move || Ok(Held::take(&root, &id)?.remove()?)).await
    }

    async fn collect(&self, now: Timestamp, limit: u32) -> Result<u32, StoreError> {
        let root = self.root();
        blocking(move || collect(&root, now, limit)).await
    }
}

fn finish(root: &Root, id: &PartialId, key: &BlobKey, size_bytes: u64) -> Result<(), PartialError> {
    let held = Held::take(root, id)?;
    let received = held.size()?;
    if received != size_bytes {
        return Err(PartialError::WrongOffset { received });
    }
    if held.hash(key.hash())? != *key.hash() {
        held.remove()?;
        return Err(PartialError::HashMismatch);
    }
    let folder = root.make(key.workspace()).map_err(|error| match error {
        UploadError::UnsafePath => PartialError::UnsafePath,
        UploadError::Store(error) => error.into(),
        other => StoreError::Fault(other.to_string()).into(),
    })?;
    Ok(held.publish(&folder, &key.hash().file_name())?)
}

fn collect(root: &Root, now: Timestamp, limit: u32) -> Result<u32, StoreError> {
    let mut removed = 0;
    for id in ended(root, now)? {
        if removed == limit {
            break;
        }
        match Held::take(root, &id) {
            Ok(held) => held.remove()?,
            Err(PartialError::Store(error)) => return Err(error),
            // Somebody writes to it, or has removed it meanwhile.
            Err(_) => continue,
        }
        removed += 1;
    }
    Ok(removed)
}

/// The uploads whose time is over; other files are not ours to judge.
fn ended(root: &Root, now: Timestamp) -> Result<Vec<PartialId>, StoreError> {
    let Some(folder) = root.uploads()? else {
        return Ok(Vec::new());
    };
    let list = |error| failure::of(error, "list the uploads");
    let mut ended = Vec::new();
    for entry in Dir::read_from(&folder).map_err(list)? {
        let entry = entry.map_err(list)?;
        let id = entry.file_name().to_str().ok().map(str::parse);
        if let Some(Ok(id)) = id
            && PartialId::ends_at(&id) <= now
        {
            ended.push(id);
        }
    }
    Ok(ended)
}
