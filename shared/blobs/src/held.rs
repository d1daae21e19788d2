//! The file of an upload in parts, held so that nobody else writes to it.

use or3_domain::storage::{ContentHash, PartialError, PartialId};
use or3_domain::store::StoreError;
use rustix::buffer::spare_capacity;
use rustix::fd::OwnedFd;
use rustix::fs::{
    AtFlags, FlockOperation, Mode, OFlags, Timespec, Timestamps, UTIME_NOW, flock, fstat, fsync,
    ftruncate, futimens, openat, renameat, statat, unlinkat,
};
use rustix::io::{Errno, pread, retry_on_intr, write};

use crate::failure;
use crate::folder::Root;
use crate::pour::BUFFER;

const GROWING: OFlags = OFlags::RDWR
    .union(OFlags::APPEND)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::CLOEXEC);

/// An upload's file under a lock, which ends with this value and with the process, however that
/// ends: the operating system (and the server of a network volume) keeps it, not we.
pub(crate) struct Held {
    folder: OwnedFd,
    file: OwnedFd,
    name: String,
}

impl Held {
    /// Takes hold of the upload, without waiting.
    pub(crate) fn take(root: &Root, id: &PartialId) -> Result<Self, PartialError> {
        let folder = root.uploads()?.ok_or(PartialError::Unknown)?;
        let name = id.to_string();
        let file = match openat(&folder, &name, GROWING, Mode::empty()) {
            Ok(file) => file,
            Err(error) if failure::is_absence(error) => return Err(PartialError::Unknown),
            Err(error) => return Err(failure::of(error, "open an upload").into()),
        };
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Err(PartialError::Busy),
            Err(error) => return Err(failure::of(error, "lock an upload").into()),
        }
        let held = Self { folder, file, name };
        held.require_name()?;
        Ok(held)
    }

    /// Whoever held the file before may have finished or removed it after it was opened here.
    fn require_name(&self) -> Result<(), PartialError> {
        let ours = fstat(&self.file).map_err(|error| failure::of(error, "look at an upload"))?;
        match statat(&self.folder, &self.name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(named) if (named.st_dev, named.st_ino) == (ours.st_dev, ours.st_ino) => Ok(()),
            Ok(_) | Err(Errno::NOENT) => Err(PartialError::Unknown),
            Err(error) => Err(failure::of(error, "look at an upload").into()),
        }
    }

    pub(crate) fn size(&self) -> Result<u64, StoreError> {
        let found = fstat(&self.file).map_err(|error| failure::of(error, "look at an upload"))?;
        Ok(u64::try_from(found.st_size).unwrap_or(0))
    }

    pub(crate) fn append(&mut self, mut bytes: &[u8]) -> Result<(), StoreError> {
        while !bytes.is_empty() {
            let written = retry_on_intr(|| write(&self.file, bytes))
                .map_err(|error| failure::of(error, "write an upload"))?;
            bytes = &bytes[written..];
        }
        Ok(())
    }

    /// Forgets everything behind `size`.
    pub(crate) fn cut(&self, size: u64) -> Result<(), StoreError> {
        ftruncate(&self.file, size).map_err(|error| failure::of(error, "cut an upload"))
    }

    pub(crate) fn flush(&self) -> Result<(), StoreError> {
        fsync(&self.file).map_err(|error| failure::of(error, "flush an upload"))
    }

    /// The hash of all bytes, by the algorithm of `like`.
    pub(crate) fn hash(&self, like: &ContentHash) -> Result<ContentHash, StoreError> {
        let mut digester = like.digester();
        let mut buffer = Vec::with_capacity(BUFFER);
        let mut at = 0;
        loop {
            buffer.clear();
            let read = retry_on_intr(|| pread(&self.file, spare_capacity(&mut buffer), at))
                .map_err(|error| failure::of(error, "read an upload"))?;
            if read == 0 {
                return Ok(digester.finish());
            }
            digester.update(&buffer);
            at += read as u64;
        }
    }

    /// Moves the file to `name` in `folder`, in place of what is there, durably. It counts as
    /// written now: who looks for old files by their time must not take it for one.
    pub(crate) fn publish(self, folder: &OwnedFd, name: &str) -> Result<(), StoreError> {
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: UTIME_NOW,
        };
        let times = Timestamps {
            last_access: now,
            last_modification: now,
        };
        futimens(&self.file, &times).map_err(|error| failure::of(error, "date an upload"))?;
        self.flush()?;
        renameat(&self.folder, &self.name, folder, name)
            .map_err(|error| failure::of(error, "name a file"))?;
        for parent in [folder, &self.folder] {
            fsync(parent).map_err(|error| failure::of(error, "flush a folder"))?;
        }
        Ok(())
    }

    /// Removes the file, durably.
    pub(crate) fn remove(self) -> Result<(), StoreError> {
        unlinkat(&self.folder, &self.name, AtFlags::empty())
            .map_err(|error| failure::of(error, "remove an upload"))?;
        fsync(&self.folder).map_err(|error| failure::of(error, "flush a folder"))
    }
}
