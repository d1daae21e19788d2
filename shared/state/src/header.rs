//! Looking at a database file from outside: an engine that opens a file as usual may write beside
//! it, and a start that fails must change nothing on disk.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::local;
use crate::local::journal::is_write_ahead;
use crate::local::safety;
use crate::local::volume::{Statfs, folder_of};
use crate::migrate::{MigrateError, Schema};
use crate::open::OpenError;

const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// Where the header keeps `user_version`, big-endian (SQLite file format, 1.3).
const USER_VERSION: std::ops::Range<usize> = 60..64;

/// Refuses a file that is no database, one from a newer build, and one whose write-ahead log would
/// be corrupted by the volume that `statfs` says it is on. A missing or empty file passes.
pub(crate) fn inspect(path: &Path, schema: &Schema, statfs: Statfs) -> Result<(), OpenError> {
    let unusable = |error: std::io::Error| OpenError::Unusable {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let damaged = |reason: &str| OpenError::Damaged {
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unusable(error)),
    };
    let length = file.metadata().map_err(unusable)?.len();
    let mut header = Vec::new();
    file.take(100).read_to_end(&mut header).map_err(unusable)?;
    if header.is_empty() {
        return Ok(());
    }
    if header.len() < 100 || !header.starts_with(MAGIC) {
        return Err(damaged("its header is not that of a database"));
    }
    if length % page_size(&header) != 0 {
        return Err(damaged("it was cut off"));
    }
    let volume = statfs(folder_of(path)).map_err(unusable)?;
    safety::journal(path, volume, is_write_ahead(&header)).map_err(OpenError::Unsafe)?;
    let mut version = [0; 4];
    version.copy_from_slice(&header[USER_VERSION]);
    let found = i64::from(u32::from_be_bytes(version));
    if found > schema.version() {
        let source = MigrateError::Newer {
            found,
            known: schema.version(),
        };
        return Err(OpenError::Migrate {
            place: path.display().to_string(),
            source,
        });
    }
    if journal_waits(path) {
        // Only the engine can put the two together, when it opens them.
        return Ok(());
    }
    local::schema::read(path).map_err(|error| damaged(&error.to_string()))
}

/// Whether a process ended without folding its last transactions into the file.
fn journal_waits(path: &Path) -> bool {
    ["-wal", "-journal"].iter().any(|suffix| {
        let mut beside = path.as_os_str().to_owned();
        beside.push(suffix);
        std::fs::metadata(beside).is_ok_and(|file| file.len() > 0)
    })
}

/// The page size of the header; 1 stands for 65536.
fn page_size(header: &[u8]) -> u64 {
    match u64::from(header[16]) << 8 | u64::from(header[17]) {
        0 | 1 => 65_536,
        size => size,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local::volume::{FileSystem, nfs};
    use crate::local::{Durability, LocalOptions, create};
    use crate::migrate::MAIN;

    #[test]
    fn a_file_with_a_write_ahead_log_is_refused_on_nfs_and_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("or3.db");
        let options = LocalOptions::new(path.clone(), Durability::Full);
        drop(create(&options).expect("a database on a local disk"));
        inspect(&path, &MAIN, FileSystem::of).expect("safe where it is");
        let refused = inspect(&path, &MAIN, nfs).expect_err("unsafe").to_string();
        assert!(
            refused.contains("or3.db keeps a write-ahead log"),
            "{refused}"
        );

        let path = folder.path().join("other.db");
        let options = LocalOptions {
            statfs: nfs,
            ..LocalOptions::new(path.clone(), Durability::Full)
        };
        drop(create(&options).expect("a database on the other volume"));
        inspect(&path, &MAIN, nfs).expect("it was made without a log");
    }
}
