//! What is on disk, to compare before and after.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Every path below a folder with its permissions and, for files, its contents.
pub(crate) type Listing = BTreeMap<PathBuf, (u32, Option<Vec<u8>>)>;

pub(crate) fn of(folder: &Path) -> Listing {
    let mut listing = Listing::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in next.read_dir().expect("a folder") {
            let path = entry.expect("an entry").path();
            let metadata = path.metadata().expect("metadata");
            let contents = metadata
                .is_file()
                .then(|| std::fs::read(&path).expect("a file"));
            if contents.is_none() {
                folders.push(path.clone());
            }
            listing.insert(path, (metadata.permissions().mode(), contents));
        }
    }
    listing
}
