//! A file on its way: written under a temporary name, flushed, and only then given its own.

use or3_domain::store::StoreError;
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Mode, OFlags, fsync, openat, renameat, unlinkat};
use rustix::io::write;

use crate::failure;

/// A file being written; dropping it without [`publish`](Self::publish) removes it.
pub(crate) struct Staged {
    folder: OwnedFd,
    file: OwnedFd,
    name: String,
    published: bool,
}

const NEW: OFlags = OFlags::WRONLY
    .union(OFlags::CREATE)
    .union(OFlags::EXCL)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

impl Staged {
    /// Makes an empty file called `name` in `folder`, readable by this user only.
    pub(crate) fn create(folder: OwnedFd, name: String) -> Result<Self, StoreError> {
        let file = openat(&folder, &name, NEW, Mode::RUSR | Mode::WUSR)
            .map_err(|error| failure::of(error, "make a temporary file"))?;
        Ok(Self {
            folder,
            file,
            name,
            published: false,
        })
    }

    /// Appends `bytes`.
    pub(crate) fn append(&mut self, mut bytes: &[u8]) -> Result<(), StoreError> {
        while !bytes.is_empty() {
            let written = rustix::io::retry_on_intr(|| write(&self.file, bytes))
                .map_err(|error| failure::of(error, "write a temporary file"))?;
            bytes = &bytes[written..];
        }
        Ok(())
    }

    /// Flushes the file, gives it its name in place of what had it, and flushes the folder.
    pub(crate) fn publish(mut self, name: &str) -> Result<(), StoreError> {
        fsync(&self.file).map_err(|error| failure::of(error, "flush a file"))?;
        renameat(&self.folder, &self.name, &self.folder, name)
            .map_err(|error| failure::of(error, "name a file"))?;
        self.published = true;
        fsync(&self.folder).map_err(|error| failure::of(error, "flush a folder"))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if self.published {
            return;
        }
        if let Err(error) = unlinkat(&self.folder, &self.name, AtFlags::empty()) {
            tracing::warn!(%error, "a temporary file stays until it is collected");
        }
    }
}
