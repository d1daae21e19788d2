//! The volume decides the journal.
//!
//! A write-ahead log needs memory shared between processes, which network file systems do not
//! give: on NFS (EFS too), SMB or FUSE it corrupts the database. So the file system is looked at
//! before a file is opened.

use std::path::Path;

use or3_domain::store::StoreError;

/// How transactions are kept until they are in the database file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Journal {
    /// Readers and one writer side by side; needs a local file system.
    WriteAhead,
    /// One at a time; safe wherever locks are.
    Rollback,
}

/// File systems whose files other machines can open too, by the magic number of `statfs(2)`.
const NETWORK: [(i64, &str); 7] = [
    (0x6969, "nfs"),
    (0x517B, "smb"),
    (0xFF53_4D42, "cifs"),
    (0xFE53_4D42, "smb2"),
    (0x6573_5546, "fuse"),
    (0x0102_1997, "9p"),
    (0x5346_414F, "afs"),
];

/// The journal for a database at `path`, whose folder must exist.
pub(super) fn for_volume_of(path: &Path) -> Result<Journal, StoreError> {
    let folder = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let volume = rustix::fs::statfs(folder)
        .map_err(|error| StoreError::Unavailable(format!("{}: {error}", folder.display())))?;
    Ok(for_magic(volume.f_type))
}

fn for_magic(magic: i64) -> Journal {
    // Some platforms sign-extend the 32-bit numbers.
    let magic = magic & 0xFFFF_FFFF;
    match NETWORK.iter().find(|(known, _)| *known == magic) {
        Some((_, name)) => {
            tracing::warn!(
                file_system = name,
                "no write-ahead log on a network file system"
            );
            Journal::Rollback
        }
        None => Journal::WriteAhead,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_file_system_gets_the_write_ahead_log() {
        assert_eq!(for_magic(0xEF53), Journal::WriteAhead);
    }

    #[test]
    fn network_file_systems_get_the_rollback_journal() {
        assert_eq!(for_magic(0x6969), Journal::Rollback);
        assert_eq!(
            for_magic(-11_317_950),
            Journal::Rollback,
            "cifs, sign-extended"
        );
    }
}
