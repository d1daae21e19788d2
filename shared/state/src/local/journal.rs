//! The volume decides the journal.
//!
//! A write-ahead log needs memory shared between processes, which network file systems do not
//! give: on NFS (EFS too), SMB or FUSE it corrupts the database. So the file system is looked at
//! before a file is opened.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use or3_domain::store::StoreError;

use super::volume::{FileSystem, folder_of};
use super::{LocalOptions, safety};

/// How transactions are kept until they are in the database file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Journal {
    /// Readers and one writer side by side; needs a local file system.
    WriteAhead,
    /// One at a time; safe wherever locks are.
    Rollback,
}

impl Journal {
    /// The journal that is safe on `volume`.
    pub(crate) fn safe_on(volume: FileSystem) -> Self {
        if volume.is_network() {
            Self::Rollback
        } else {
            Self::WriteAhead
        }
    }
}

/// The volume of a database, whose folder must exist; an error where the file cannot be kept there.
pub(super) fn safe_volume(options: &LocalOptions) -> Result<FileSystem, StoreError> {
    let folder = folder_of(&options.path);
    let found = (options.statfs)(folder);
    let volume =
        found.map_err(|error| StoreError::Unavailable(format!("{}: {error}", folder.display())))?;
    let write_ahead = volume.is_network() && keeps_a_log(&options.path)?;
    safety::journal(&options.path, volume, write_ahead)
        .and_then(|()| safety::volume(&options.path, volume, options.place))
        .map_err(StoreError::Unavailable)?;
    Ok(volume)
}

/// Whether the header of the file says that it is read with a write-ahead log.
fn keeps_a_log(path: &Path) -> Result<bool, StoreError> {
    let mut header = [0; 100];
    match File::open(path).and_then(|mut file| file.read_exact(&mut header)) {
        Ok(()) => Ok(is_write_ahead(&header)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::UnexpectedEof) => {
            Ok(false)
        }
        Err(error) => Err(StoreError::Unavailable(format!(
            "{}: {error}",
            path.display()
        ))),
    }
}

/// Bytes 18 and 19 of the header are the versions that a writer and a reader must know; 2 is the
/// write-ahead log (SQLite file format, 1.3.3).
pub(crate) fn is_write_ahead(header: &[u8]) -> bool {
    header
        .get(18..20)
        .is_some_and(|versions| versions.contains(&2))
}
