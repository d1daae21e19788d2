//! One database and one volume for all cases; each case has a workspace of its own.

use std::path::Path;
use std::sync::Arc;

use or3_blobs::FsBlobs;
use or3_domain::clock::{Clock, SystemClock};
use or3_domain::ids::SystemIds;
use or3_settings::Database;
use or3_state::State;
use tempfile::TempDir;

pub(crate) struct Lab {
    pub(crate) state: State,
    pub(crate) blobs: Arc<FsBlobs>,
    pub(crate) folder: TempDir,
}

impl Lab {
    /// In memory where there is a volume in memory: every commit flushes, and flushing is not what
    /// is looked at here.
    pub(crate) async fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory)
        } else {
            tempfile::tempdir()
        };
        let folder = folder.expect("a folder");
        let settings = Database::file(folder.path().join("or3.db"), 1);
        let migrated = State::migrate(&settings, SystemClock.now()).await;
        migrated.expect("an empty database");
        let clock = Arc::new(SystemClock);
        let blobs = FsBlobs::new(folder.path(), clock, Arc::new(SystemIds));
        blobs.create().await.expect("a root");
        Self {
            state: State::open(&settings).expect("a migrated database"),
            blobs: Arc::new(blobs),
            folder,
        }
    }
}
