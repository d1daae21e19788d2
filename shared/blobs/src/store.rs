//! [`BlobStore`] on a mounted volume.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::clock::{Clock, Timestamp};
use or3_domain::ids::{Ids, WorkspaceId};
use or3_domain::storage::{
    BlobKey, BlobRoot, BlobStat, BlobStore, ByteStream, Interruption, Listing, OpenBlob, Proof,
    UploadError,
};
use or3_domain::store::StoreError;
use rustix::fd::AsFd;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, fstat, openat, statat};

use crate::failure::{self, blocking};
use crate::folder::Root;
use crate::read::OpenFile;
use crate::receive::receive;
use crate::staged::Staged;
use crate::{list, mark, name, remove};

/// Blobs below a root folder; clones share what they remember of it.
#[derive(Clone)]
pub struct FsBlobs {
    root: Arc<Root>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    verified_percent: u8,
}

const BLOB: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::CLOEXEC);

impl FsBlobs {
    /// The provider over `root`, without touching it; clock and ids name temporary files.
    pub fn new(root: impl Into<PathBuf>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self {
            root: Arc::new(Root::new(root.into())),
            clock,
            ids,
            verified_percent: 0,
        }
    }

    /// The same provider, which checks the hash on `percent` of a hundred reads of whole blobs:
    /// one that is damaged breaks off before its end, and the log says so.
    #[must_use]
    pub fn verifying(self, percent: u8) -> Self {
        Self {
            verified_percent: percent,
            ..self
        }
    }

    /// Makes what an existing, empty root folder needs to be one. Repeating it changes nothing.
    ///
    /// # Errors
    ///
    /// When the root is not there, or is not ours to write.
    pub async fn create(&self) -> Result<(), StoreError> {
        let root = Arc::clone(&self.root);
        blocking(move || root.create()).await
    }

    /// The workspaces that have blobs, or had some, in order. What else lies beside their folders,
    /// links among it, is passed over.
    ///
    /// # Errors
    ///
    /// When the root is not there or cannot be read.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        let root = Arc::clone(&self.root);
        blocking(move || list::workspaces(&root)).await
    }

    pub(crate) fn root(&self) -> Arc<Root> {
        Arc::clone(&self.root)
    }

    fn is_verified_now(&self) -> bool {
        let mut chance = [0; 2];
        self.ids.fill(&mut chance);
        u16::from_be_bytes(chance) % 100 < u16::from(self.verified_percent)
    }

    fn temporary(&self, name: &str) -> String {
        name::temporary(name, self.clock.now(), self.ids.as_ref())
    }
}

#[async_trait]
impl BlobRoot for FsBlobs {
    async fn prepare(&self) -> Result<(), StoreError> {
        self.create().await
    }
}

#[async_trait]
impl BlobStore for FsBlobs {
    async fn put(
        &self,
        key: &BlobKey,
        size_bytes: u64,
        body: ByteStream<Interruption>,
    ) -> Result<(), UploadError> {
        let temporary = self.temporary(&key.hash().file_name());
        receive(self.root(), key.clone(), temporary, size_bytes, body).await
    }

    async fn stat(&self, key: &BlobKey) -> Result<Option<BlobStat>, StoreError> {
        let (root, key) = (self.root(), key.clone());
        blocking(move || stat(&root, &key)).await
    }

    async fn open(&self, key: &BlobKey) -> Result<Option<Box<dyn OpenBlob>>, StoreError> {
        let (root, key) = (self.root(), key.clone());
        let verified = self.is_verified_now();
        let opened = blocking(move || open(&root, &key, verified)).await?;
        Ok(opened.map(|file| Box::new(file) as Box<dyn OpenBlob>))
    }

    async fn mark_committed(
        &self,
        key: &BlobKey,
        hash_as_sent: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mark = mark::of(key, hash_as_sent, at)?;
        let name = name::mark(key.hash());
        let temporary = self.temporary(&name);
        let (root, workspace) = (self.root(), key.workspace().clone());
        blocking(move || {
            let missing = || StoreError::Fault("a mark without a folder".to_owned());
            let folder = root.existing(&workspace)?.ok_or_else(missing)?;
            let mut file = Staged::create(folder, temporary)?;
            file.append(&mark)?;
            file.publish(&name)
        })
        .await
    }

    async fn list(
        &self,
        workspace: &WorkspaceId,
        after: Option<&str>,
        at_most: u32,
    ) -> Result<Listing, StoreError> {
        let (root, workspace) = (self.root(), workspace.clone());
        let after = after.unwrap_or_default().to_owned();
        blocking(move || list::page(&root, &workspace, &after, at_most)).await
    }

    async fn delete(&self, key: &BlobKey, written_by: Timestamp) -> Result<bool, StoreError> {
        let (root, key) = (self.root(), key.clone());
        let aside = self.temporary(&key.hash().file_name());
        blocking(move || remove::blob(&root, &key, &aside, written_by)).await
    }

    async fn discard(
        &self,
        workspace: &WorkspaceId,
        leftover: &str,
        written_by: Timestamp,
    ) -> Result<bool, StoreError> {
        let (root, workspace) = (self.root(), workspace.clone());
        let leftover = leftover.to_owned();
        blocking(move || remove::leftover(&root, &workspace, &leftover, written_by)).await
    }
}

fn stat(root: &Root, key: &BlobKey) -> Result<Option<BlobStat>, StoreError> {
    let Some(folder) = root.existing(key.workspace())? else {
        return Ok(None);
    };
    let Some(size_bytes) = size_of(&folder, &key.hash().file_name())? else {
        return Ok(None);
    };
    let committed = size_of(&folder, &name::mark(key.hash()))?.is_some();
    Ok(Some(BlobStat {
        size_bytes,
        committed,
        // A file gets its name only when its bytes are verified.
        proof: Proof::Given,
    }))
}

/// The size of a regular file; `None` for nothing and for anything else under that name.
pub(crate) fn size_of(folder: impl AsFd, name: &str) -> Result<Option<u64>, StoreError> {
    match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(found) => Ok(regular_size(&found)),
        Err(error) if failure::is_absence(error) => Ok(None),
        Err(error) => Err(failure::of(error, "look at a blob")),
    }
}

fn regular_size(found: &rustix::fs::Stat) -> Option<u64> {
    let regular = FileType::from_raw_mode(found.st_mode).is_file();
    u64::try_from(found.st_size).ok().filter(|_| regular)
}

fn open(root: &Root, key: &BlobKey, verified: bool) -> Result<Option<OpenFile>, StoreError> {
    let Some(folder) = root.existing(key.workspace())? else {
        return Ok(None);
    };
    let file = match openat(&folder, key.hash().file_name(), BLOB, Mode::empty()) {
        Ok(file) => file,
        Err(error) if failure::is_absence(error) => return Ok(None),
        Err(error) => return Err(failure::of(error, "open a blob")),
    };
    let found = fstat(&file).map_err(|error| failure::of(error, "look at a blob"))?;
    let expected = verified.then_some(*key.hash());
    Ok(regular_size(&found).map(|size_bytes| OpenFile::new(file, size_bytes, expected)))
}
