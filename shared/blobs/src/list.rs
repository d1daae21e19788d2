//! What lies in a workspace's folder, in pages of the order of names.
//!
//! A folder has no order of its own and no place to go on from that survives changes. So each
//! page reads all names and keeps the first few behind the last page's end: memory is that of one
//! page, and only what is on it is looked at.

use std::collections::BinaryHeap;
use std::time::Duration;

use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{BlobKey, ContentHash, Listing, Object, Stored};
use or3_domain::store::StoreError;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{AtFlags, Dir, FileType, Stat, statat};

use crate::failure;
use crate::folder::Root;
use crate::name::{Meaning, meaning};

pub(crate) fn page(
    root: &Root,
    workspace: &WorkspaceId,
    after: &str,
    at_most: u32,
) -> Result<Listing, StoreError> {
    let Some(folder) = place(root, workspace)? else {
        return Ok(Listing::default());
    };
    let names = first_names(&folder, after, at_most as usize)?;
    let full = names.len() == at_most as usize;
    let next = names.last().filter(|_| full).cloned();
    let mut found = Vec::with_capacity(names.len());
    for name in names {
        found.extend(look(&folder, name)?);
    }
    Ok(Listing { found, next })
}

/// The workspaces that have a folder, in order.
pub(crate) fn workspaces(root: &Root) -> Result<Vec<WorkspaceId>, StoreError> {
    let unread = |error| failure::of(error, "read the workspaces' folder");
    let mut workspaces = Vec::new();
    for entry in Dir::read_from(root.workspaces()?).map_err(unread)? {
        let entry = entry.map_err(unread)?;
        let Ok(name) = entry.file_name().to_str() else {
            continue;
        };
        let workspace = WorkspaceId::new(name);
        if place(root, &workspace)?.is_some() {
            workspaces.push(workspace);
        }
    }
    workspaces.sort();
    Ok(workspaces)
}

/// The folder of a workspace, if its id may be part of a path and it has one.
pub(crate) fn place(root: &Root, workspace: &WorkspaceId) -> Result<Option<OwnedFd>, StoreError> {
    let Ok(key) = BlobKey::new(workspace, ContentHash::Md5([0; 16])) else {
        return Ok(None);
    };
    root.existing(key.workspace())
}

/// The first `count` names of this provider behind `after`, in order.
fn first_names(folder: &OwnedFd, after: &str, count: usize) -> Result<Vec<String>, StoreError> {
    let unread = |error| failure::of(error, "read a folder");
    let mut names = BinaryHeap::with_capacity(count + 1);
    for entry in Dir::read_from(folder).map_err(unread)? {
        let entry = entry.map_err(unread)?;
        let Ok(name) = entry.file_name().to_str() else {
            continue;
        };
        let late = names.len() >= count && names.peek().is_none_or(|last: &String| **last <= *name);
        if name <= after || late || meaning(name).is_none() {
            continue;
        }
        names.push(name.to_owned());
        if names.len() > count {
            names.pop();
        }
    }
    Ok(names.into_sorted_vec())
}

/// What a name stands for now; `None` when it is gone, or is a mark where it belongs.
fn look(folder: &OwnedFd, name: String) -> Result<Option<Stored>, StoreError> {
    let Some(found) = file(folder, &name)? else {
        return Ok(None);
    };
    let object = match meaning(&name) {
        Some(Meaning::Blob(hash)) => Object::Blob(hash),
        Some(Meaning::Mark(hash)) if file(folder, &hash.file_name())?.is_some() => return Ok(None),
        _ => Object::Leftover(name),
    };
    Ok(Some(Stored {
        object,
        size_bytes: u64::try_from(found.st_size).unwrap_or_default(),
        modified_at: modified_at(&found),
    }))
}

/// A regular file of that name, if there is one.
pub(crate) fn file(folder: impl AsFd, name: &str) -> Result<Option<Stat>, StoreError> {
    match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(found) => {
            Ok(Some(found).filter(|found| FileType::from_raw_mode(found.st_mode).is_file()))
        }
        Err(error) if failure::is_absence(error) => Ok(None),
        Err(error) => Err(failure::of(error, "look at a file")),
    }
}

/// When a file was last written, rounded up, so that it never looks older than it is.
pub(crate) fn modified_at(found: &Stat) -> Timestamp {
    // Signed on some systems, unsigned on others.
    let millis = i128::from(found.st_mtime_nsec) / 1_000_000 + 1;
    let millis = Duration::from_millis(u64::try_from(millis).unwrap_or_default());
    Timestamp::from_seconds(found.st_mtime).plus(millis)
}
