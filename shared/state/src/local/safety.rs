//! Whether what was found around a database file is safe to write on. Looked at whenever a
//! connection is opened: volumes are mounted anew, and processes come and go.

use std::path::Path;

use or3_settings::Place;

use super::volume::FileSystem;

/// The flush levels of SQLite, as `PRAGMA synchronous` numbers them.
const LEVELS: [&str; 4] = ["off", "normal", "full", "extra"];
const FULL: i64 = 2;

/// The name of a flush level.
pub(crate) fn level(number: i64) -> &'static str {
    let named = usize::try_from(number).ok();
    named
        .and_then(|number| LEVELS.get(number))
        .copied()
        .unwrap_or("unknown")
}

/// Refuses, with the cure, a file with a write-ahead log where such a log corrupts it.
pub(crate) fn journal(path: &Path, volume: FileSystem, write_ahead: bool) -> Result<(), String> {
    if !(write_ahead && volume.is_network()) {
        return Ok(());
    }
    let (path, volume) = (path.display(), volume.name());
    Err(format!(
        "{path} keeps a write-ahead log, which is corrupted on a network file system ({volume}): \
         stop every process, copy the file to a local disk, run `sqlite3 or3.db \
         'PRAGMA journal_mode = DELETE'` there and copy it back; or name a libSQL server in \
         OR3_DATABASE_URL"
    ))
}

/// Refuses, with the cure, a volume that a Lambda cannot keep its rows on.
pub(crate) fn volume(path: &Path, volume: FileSystem, place: Place) -> Result<(), String> {
    if place.lambda && place.strict && !volume.is_network() {
        let (path, volume) = (path.display(), volume.name());
        return Err(format!(
            "{path} is on a disk of this environment alone ({volume}), which ends with it: name a \
             libSQL server in OR3_DATABASE_URL"
        ));
    }
    Ok(())
}

/// Refuses, with the cure, to be one of several that write a file on a volume from Lambda: an
/// environment that is frozen keeps the locks that it has, and the others wait for it.
pub(crate) fn writer(
    path: &Path,
    volume: FileSystem,
    place: Place,
    first: bool,
) -> Result<(), String> {
    if place.lambda && volume.is_network() && !first {
        return Err(format!(
            "{} is written by another environment: let one function write, with \
             ReservedConcurrentExecutions: 1, or name a libSQL server in OR3_DATABASE_URL",
            path.display()
        ));
    }
    Ok(())
}

/// Refuses, with the cure, commits that a power failure could take back.
pub(crate) fn flushes(path: &Path, place: Place, synchronous: i64) -> Result<(), String> {
    if place.strict && synchronous < FULL {
        return Err(format!(
            "{} would be written with synchronous = {}, and acknowledged pushes could be lost: \
             the engine did not take FULL; use the build as it is released",
            path.display(),
            level(synchronous)
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NFS: FileSystem = FileSystem::with_magic(0x6969);
    const EXT4: FileSystem = FileSystem::with_magic(0xEF53);
    const TMPFS: FileSystem = FileSystem::with_magic(0x0102_1994);
    const DESK: Place = Place {
        lambda: false,
        strict: false,
    };
    const LAMBDA: Place = Place {
        lambda: true,
        strict: true,
    };

    fn path() -> &'static Path {
        Path::new("/mnt/or3.db")
    }

    /// A refusal that names the file and has `cure` in it.
    fn refused(verdict: Result<(), String>, cure: &str) {
        let said = verdict.expect_err(cure);
        assert!(said.starts_with("/mnt/or3.db "), "{said}");
        assert!(said.contains(cure), "{said}");
    }

    #[test]
    fn a_write_ahead_log_is_for_local_file_systems() {
        for local in [EXT4, TMPFS] {
            assert_eq!(journal(path(), local, true), Ok(()));
        }
        assert_eq!(journal(path(), NFS, false), Ok(()));
        let cure = "sqlite3 or3.db 'PRAGMA journal_mode = DELETE'";
        refused(journal(path(), NFS, true), cure);
        let fuse = FileSystem::with_magic(0x6573_5546);
        refused(journal(path(), fuse, true), "(fuse)");
    }

    #[test]
    fn on_lambda_a_disk_of_the_environment_keeps_no_rows() {
        refused(volume(path(), TMPFS, LAMBDA), "OR3_DATABASE_URL");
        assert_eq!(volume(path(), NFS, LAMBDA), Ok(()));
        for place in [
            DESK,
            Place {
                strict: true,
                ..DESK
            },
            Place {
                strict: false,
                ..LAMBDA
            },
        ] {
            assert_eq!(volume(path(), EXT4, place), Ok(()), "{place:?}");
        }
    }

    #[test]
    fn on_lambda_one_process_writes_a_volume() {
        refused(
            writer(path(), NFS, LAMBDA, false),
            "ReservedConcurrentExecutions: 1",
        );
        assert_eq!(writer(path(), NFS, LAMBDA, true), Ok(()));
        assert_eq!(writer(path(), NFS, DESK, false), Ok(()), "locks order them");
        assert_eq!(writer(path(), EXT4, LAMBDA, false), Ok(()));
    }

    #[test]
    fn in_production_commits_are_flushed() {
        let strict = Place {
            strict: true,
            ..DESK
        };
        for flushed in [2, 3] {
            assert_eq!(flushes(path(), strict, flushed), Ok(()));
        }
        for (number, name) in [(0, "off"), (1, "normal")] {
            refused(flushes(path(), strict, number), name);
            assert_eq!(flushes(path(), DESK, number), Ok(()));
        }
    }
}
