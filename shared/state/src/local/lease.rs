//! Who writes a database file.
//!
//! Each process that writes holds the lock of a file in the folder `or3.db-writers`, the first one
//! that is free: how many are held is how many write. The kernel lets go of a lock when its process
//! ends, however that ends, and keeps it for one that is frozen. The empty files stay: whoever came
//! between the unlocking and the removal of one would hold the lock of a file that nobody sees.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// More processes than this do not write one file.
const MOST: usize = 512;

/// The right to write, until it is dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    number: usize,
    _locked: File,
}

impl Lease {
    /// Takes the first lease that is free for the database at `path`.
    pub(crate) fn take(path: &Path) -> io::Result<Self> {
        let folder = folder_of(path);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)?;
        for number in 1..=MOST {
            let file = File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(folder.join(number.to_string()))?;
            match file.try_lock() {
                Ok(()) => {
                    return Ok(Self {
                        number,
                        _locked: file,
                    });
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Err(io::Error::other(format!(
            "more than {MOST} processes write"
        )))
    }

    /// Whether nobody wrote when this lease was taken, and so nobody does who looked for that.
    pub(crate) fn is_first(&self) -> bool {
        self.number == 1
    }
}

/// How many processes hold a lease of the database at `path`. Looking takes no lease from anybody:
/// those who look share.
pub(crate) fn held(path: &Path) -> io::Result<usize> {
    let entries = match fs::read_dir(folder_of(path)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut held = 0;
    for entry in entries {
        match File::open(entry?.path())?.try_lock_shared() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => held += 1,
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(held)
}

/// `or3.db` has its leases in `or3.db-writers`.
fn folder_of(path: &Path) -> PathBuf {
    let mut folder = path.as_os_str().to_owned();
    folder.push("-writers");
    folder.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leases_are_counted_while_they_are_held() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("or3.db");
        assert_eq!(held(&path).expect("counted"), 0);
        let first = Lease::take(&path).expect("a lease");
        let second = Lease::take(&path).expect("a lease");
        assert!(first.is_first() && !second.is_first());
        assert_eq!(held(&path).expect("counted"), 2);
        drop(first);
        assert_eq!(held(&path).expect("counted"), 1);
        assert!(Lease::take(&path).expect("a lease").is_first());
    }
}
