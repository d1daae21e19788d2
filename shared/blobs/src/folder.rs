//! Folders: opened step by step, never through a link.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use or3_domain::ids::WorkspaceId;
use or3_domain::storage::UploadError;
use or3_domain::store::StoreError;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, fsync, mkdirat, openat};
use rustix::io::Errno;

use crate::failure;

/// The folder under the root that holds one folder a workspace.
pub(crate) const WORKSPACES: &str = "workspaces";

/// The folder under the root that holds uploads in parts.
const UPLOADS: &str = "uploads";

const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::CLOEXEC);
const OWN_FOLDER: OFlags = FOLDER.union(OFlags::NOFOLLOW);

/// How many workspaces' folders are remembered as being on the disk; then all are forgotten,
/// which costs each one flush more.
const REMEMBERED: usize = 10_000;

/// The root of the provider.
pub(crate) struct Root {
    path: PathBuf,
    durable: Mutex<HashSet<WorkspaceId>>,
    /// The folder of uploads in parts is known to be on the disk.
    uploads_durable: AtomicBool,
}

impl Root {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            path,
            durable: Mutex::default(),
            uploads_durable: AtomicBool::new(false),
        }
    }

    /// Opens the folder of all workspaces. A root without it is not a root: perhaps its volume is
    /// not mounted, so this is trouble and never "no such file".
    pub(crate) fn workspaces(&self) -> Result<OwnedFd, StoreError> {
        let away = |error| StoreError::Unavailable(format!("the root of the blobs: {error}"));
        openat(self.open()?, WORKSPACES, OWN_FOLDER, Mode::empty()).map_err(away)
    }

    /// Opens the folder of `workspace`; `None` when there is none, or a link in its place.
    pub(crate) fn existing(&self, workspace: &WorkspaceId) -> Result<Option<OwnedFd>, StoreError> {
        match openat(
            self.workspaces()?,
            workspace.as_str(),
            OWN_FOLDER,
            Mode::empty(),
        ) {
            Ok(folder) => Ok(Some(folder)),
            Err(error) if failure::is_absence(error) => Ok(None),
            Err(error) => Err(failure::of(error, "open the workspace's folder")),
        }
    }

    /// Opens the folder of `workspace`, made if need be, durably.
    pub(crate) fn make(&self, workspace: &WorkspaceId) -> Result<OwnedFd, UploadError> {
        let root = self.open()?;
        let workspaces = child(&root, WORKSPACES)?;
        let folder = child(&workspaces, workspace.as_str())?;
        if !self.is_durable(workspace) {
            // Whoever made the folders may not have flushed them yet.
            for parent in [&workspaces, &root] {
                fsync(parent).map_err(|error| failure::of(error, "flush a parent folder"))?;
            }
            self.remember(workspace);
        }
        Ok(folder)
    }

    /// Opens the folder of uploads in parts; `None` when there is none yet, or a link in its place.
    pub(crate) fn uploads(&self) -> Result<Option<OwnedFd>, StoreError> {
        self.workspaces()?;
        match openat(self.open()?, UPLOADS, OWN_FOLDER, Mode::empty()) {
            Ok(folder) => Ok(Some(folder)),
            Err(error) if failure::is_absence(error) => Ok(None),
            Err(error) => Err(failure::of(error, "open the uploads' folder")),
        }
    }

    /// Opens the folder of uploads in parts, made if need be, durably.
    pub(crate) fn make_uploads(&self) -> Result<OwnedFd, StoreError> {
        self.workspaces()?;
        let root = self.open()?;
        let folder = child(&root, UPLOADS).map_err(|error| match error {
            UploadError::Store(error) => error,
            other => StoreError::Fault(other.to_string()),
        })?;
        if !self.uploads_durable.load(Ordering::Acquire) {
            fsync(&root).map_err(|error| failure::of(error, "flush the root"))?;
            self.uploads_durable.store(true, Ordering::Release);
        }
        Ok(folder)
    }

    /// Makes the folder of all workspaces.
    pub(crate) fn create(&self) -> Result<(), StoreError> {
        let root = self.open()?;
        match mkdirat(&root, WORKSPACES, Mode::RWXU) {
            Ok(()) => fsync(&root).map_err(|error| failure::of(error, "flush the root")),
            Err(Errno::EXIST) => self.workspaces().map(drop),
            Err(error) => Err(failure::of(error, "make the workspaces' folder")),
        }
    }

    /// The deployer's own path may go through links; nothing below it may.
    fn open(&self) -> Result<OwnedFd, StoreError> {
        let away = |error| StoreError::Unavailable(format!("the root of the blobs: {error}"));
        openat(CWD, &self.path, FOLDER, Mode::empty()).map_err(away)
    }

    fn is_durable(&self, workspace: &WorkspaceId) -> bool {
        let durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        durable.contains(workspace)
    }

    fn remember(&self, workspace: &WorkspaceId) {
        let mut durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        if durable.len() >= REMEMBERED {
            durable.clear();
        }
        durable.insert(workspace.clone());
    }
}

fn child(parent: impl AsFd, name: &str) -> Result<OwnedFd, UploadError> {
    let open = || openat(parent.as_fd(), name, OWN_FOLDER, Mode::empty());
    let opened = match open() {
        Err(Errno::NOENT) => match mkdirat(parent.as_fd(), name, Mode::RWXU) {
            Ok(()) | Err(Errno::EXIST) => open(),
            Err(error) => Err(error),
        },
        other => other,
    };
    opened.map_err(|error| match error {
        Errno::LOOP | Errno::NOTDIR => UploadError::UnsafePath,
        error => failure::of(error, "make the workspace's folder").into(),
    })
}
