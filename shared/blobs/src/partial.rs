//! [`PartialUploads`] on the volume of the blobs.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::clock::Timestamp;
use or3_domain::storage::{
    BlobKey, ByteStream, EndedUpload, Interruption, Part, PartialError, PartialId, PartialUploads,
    UploadError,
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

    async fn ended(
        &self,
        now: Timestamp,
        after: Option<PartialId>,
        limit: u32,
    ) -> Result<Vec<EndedUpload>, StoreError> {
        let root = self.root();
        blocking(move || ended(&root, now, after, limit)).await
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

/// Files of other names are not ours to judge.
fn ended(
    root: &Root,
    now: Timestamp,
    after: Option<PartialId>,
    limit: u32,
) -> Result<Vec<EndedUpload>, StoreError> {
    let Some(folder) = root.uploads()? else {
        return Ok(Vec::new());
    };
    let list = |error| failure::of(error, "list the uploads");
    let mut first = BTreeSet::new();
    for entry in Dir::read_from(&folder).map_err(list)? {
        let entry = entry.map_err(list)?;
        let Some(Ok(id)) = entry.file_name().to_str().ok().map(str::parse::<PartialId>) else {
            continue;
        };
        if id.ends_at() <= now && after.is_none_or(|after| id > after) {
            first.insert(id);
            if first.len() > limit as usize {
                first.pop_last();
            }
        }
    }
    let mut ended = Vec::new();
    for id in first {
        if let Some(size_bytes) = store::size_of(&folder, &id.to_string())? {
            ended.push(EndedUpload { id, size_bytes });
        }
    }
    Ok(ended)
}
