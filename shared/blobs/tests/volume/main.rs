//! What the provider does on a volume, beyond what every store does (storage contract, 6.3).

mod damage;
mod leftovers;
mod places;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use or3_blobs::FsBlobs;
use or3_domain::clock::Timestamp;
use or3_domain::storage::{BlobKey, BlobStore, UploadError};
use or3_testkit::blob_store_suite::{body, key_of};
use or3_testkit::{FixedClock, SequentialIds};
use tempfile::TempDir;

const CONTENT: &[u8] = b"content";
/// After whatever a test writes.
const LATER: Timestamp = Timestamp::from_seconds(32_503_680_000);
const AT: Timestamp = Timestamp::from_seconds(1_767_225_600);

struct Volume {
    root: TempDir,
    blobs: FsBlobs,
}

impl Volume {
    /// An empty folder, not yet a root.
    fn bare() -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(FixedClock::default());
        let blobs = FsBlobs::new(root.path(), clock, Arc::new(SequentialIds::default()));
        Self { root, blobs }
    }

    async fn open() -> Self {
        let volume = Self::bare();
        volume.blobs.create().await.expect("a root");
        volume
    }

    async fn put(&self) -> Result<(), UploadError> {
        let size = CONTENT.len() as u64;
        self.blobs.put(&key(), size, body(CONTENT, 3)).await
    }

    fn folder(&self) -> PathBuf {
        self.root.path().join("workspaces/ws")
    }

    fn blob(&self) -> PathBuf {
        self.folder().join(key().hash().file_name())
    }

    fn mark(&self) -> PathBuf {
        self.folder()
            .join(format!("{}.meta.json", key().hash().file_name()))
    }
}

fn key() -> BlobKey {
    key_of(CONTENT)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect()
}
