//! What lies below a database file.

use std::io;
use std::path::Path;

/// The file system of a folder, by the magic number that `statfs(2)` gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileSystem {
    magic: u32,
}

/// Answers `statfs(2)` for a folder with the number of its file system. A value of its own, so
/// that a test can say what a volume is.
pub(crate) type Statfs = fn(&Path) -> io::Result<FileSystem>;

/// File systems whose files other machines can open too.
const NETWORK: [(u32, &str); 7] = [
    (0x6969, "nfs"),
    (0x517B, "smb"),
    (0xFF53_4D42, "cifs"),
    (0xFE53_4D42, "smb2"),
    (0x6573_5546, "fuse"),
    (0x0102_1997, "9p"),
    (0x5346_414F, "afs"),
];

/// Those of one machine that are worth a name.
const LOCAL: [(u32, &str); 7] = [
    (0xEF53, "ext4"),
    (0x5846_5342, "xfs"),
    (0x9123_683E, "btrfs"),
    (0x2FC1_2FC1, "zfs"),
    (0xF2F5_2010, "f2fs"),
    (0x0102_1994, "tmpfs"),
    (0x794C_7630, "overlay"),
];

impl FileSystem {
    /// What the operating system says of `folder`.
    pub(crate) fn of(folder: &Path) -> io::Result<Self> {
        let volume = rustix::fs::statfs(folder)?;
        Ok(Self::with_magic(volume.f_type))
    }

    /// Some platforms sign-extend the 32-bit numbers.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the number has 32 bits"
    )]
    pub(crate) const fn with_magic(magic: i64) -> Self {
        Self {
            magic: magic as u32,
        }
    }

    /// Whether other machines can open its files too: it gives no memory that processes share,
    /// which a write-ahead log needs.
    pub(crate) fn is_network(self) -> bool {
        name_in(&NETWORK, self.magic).is_some()
    }

    /// Its name, or its number if it has none here.
    pub(crate) fn name(self) -> String {
        let known = name_in(&NETWORK, self.magic).or_else(|| name_in(&LOCAL, self.magic));
        known.map_or_else(|| format!("{:#x}", self.magic), str::to_owned)
    }
}

fn name_in(list: &[(u32, &'static str)], magic: u32) -> Option<&'static str> {
    let found = list.iter().find(|(known, _)| *known == magic);
    found.map(|(_, name)| *name)
}

/// The folder that holds `file`.
pub(crate) fn folder_of(file: &Path) -> &Path {
    let folder = file.parent();
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Says of every volume that it is one of NFS.
#[cfg(test)]
#[expect(clippy::unnecessary_wraps, reason = "it stands in for the system")]
pub(crate) fn nfs(_folder: &Path) -> io::Result<FileSystem> {
    Ok(FileSystem::with_magic(0x6969))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_are_known_by_their_numbers() {
        assert_eq!(FileSystem::with_magic(0x6969).name(), "nfs");
        let cifs = FileSystem::with_magic(-11_317_950);
        assert_eq!((&*cifs.name(), cifs.is_network()), ("cifs", true));
        for local in [0xEF53, 0x0102_1994, 0x1234] {
            assert!(!FileSystem::with_magic(local).is_network(), "{local}");
        }
    }

    #[test]
    fn one_without_a_name_is_called_by_its_number() {
        assert_eq!(FileSystem::with_magic(0x1234).name(), "0x1234");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_operating_system_knows_the_memory_volume_and_the_temporary_folder() {
        let memory = FileSystem::of(Path::new("/dev/shm")).expect("an answer");
        assert_eq!(memory.name(), "tmpfs");
        let folder = tempfile::tempdir().expect("a folder");
        let disk = FileSystem::of(folder.path()).expect("an answer");
        assert!(!disk.is_network(), "{}", disk.name());
    }
}
