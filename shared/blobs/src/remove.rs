//! Removing files that nobody has written since they were judged.

use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::BlobKey;
use or3_domain::store::StoreError;
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, RenameFlags, fsync, renameat, renameat_with, unlinkat};
use rustix::io::Errno;

use crate::failure;
use crate::folder::Root;
use crate::list::{file, modified_at, place};
use crate::name::{self, Meaning, meaning};

/// Removes the blob of `key` and its mark, if it was written by `written_by`.
///
/// Looking and removing are two steps, and an upload could give the name to a new file between
/// them. So the file is first put `aside`, under the name of a temporary one, and looked at again
/// there: a young one gets its name back. A crash in between leaves a temporary file.
pub(crate) fn blob(
    root: &Root,
    key: &BlobKey,
    aside: &str,
    written_by: Timestamp,
) -> Result<bool, StoreError> {
    let Some(folder) = root.existing(key.workspace())? else {
        return Ok(false);
    };
    let name = key.hash().file_name();
    if !is_old(&folder, &name, written_by)? {
        return Ok(false);
    }
    match renameat(&folder, &name, &folder, aside) {
        Ok(()) => {}
        Err(Errno::NOENT) => return Ok(false),
        Err(error) => return Err(failure::of(error, "put a blob aside")),
    }
    if !is_old(&folder, aside, written_by)? {
        put_back(&folder, aside, &name)?;
        return Ok(false);
    }
    // Without a flush: what a power failure brings back is collected again.
    remove(&folder, &name::mark(key.hash()))?;
    remove(&folder, aside)
}

/// Removes a temporary file, or a mark without a blob, if it was written by `written_by`.
pub(crate) fn leftover(
    root: &Root,
    workspace: &WorkspaceId,
    name: &str,
    written_by: Timestamp,
) -> Result<bool, StoreError> {
    let Some(folder) = place(root, workspace)? else {
        return Ok(false);
    };
    let free = match meaning(name) {
        Some(Meaning::Temporary) => true,
        Some(Meaning::Mark(hash)) => file(&folder, &hash.file_name())?.is_none(),
        Some(Meaning::Blob(_)) | None => false,
    };
    if !free || !is_old(&folder, name, written_by)? {
        return Ok(false);
    }
    remove(&folder, name)
}

fn is_old(folder: &OwnedFd, name: &str, written_by: Timestamp) -> Result<bool, StoreError> {
    let found = file(folder, name)?;
    Ok(found.is_some_and(|found| modified_at(&found) <= written_by))
}

/// Gives a young blob its name back, unless a younger one has it: both are the same bytes.
fn put_back(folder: &OwnedFd, aside: &str, name: &str) -> Result<(), StoreError> {
    match renameat_with(folder, aside, folder, name, RenameFlags::NOREPLACE) {
        Ok(()) => {}
        Err(Errno::EXIST) => remove(folder, aside).map(drop)?,
        // Not every file system knows the flag; replacing by the same bytes does no harm.
        Err(Errno::INVAL | Errno::NOSYS) => renameat(folder, aside, folder, name)
            .map_err(|error| failure::of(error, "put a blob back"))?,
        Err(error) => return Err(failure::of(error, "put a blob back")),
    }
    flush(folder)
}

fn remove(folder: &OwnedFd, name: &str) -> Result<bool, StoreError> {
    match unlinkat(folder, name, AtFlags::empty()) {
        Ok(()) => Ok(true),
        Err(Errno::NOENT) => Ok(false),
        Err(error) => Err(failure::of(error, "remove a file")),
    }
}

fn flush(folder: &OwnedFd) -> Result<(), StoreError> {
    fsync(folder).map_err(|error| failure::of(error, "flush a folder"))
}
