//! A database and a volume of its own for every case, and processes that die at them.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use or3_blobs::FsBlobs;
use or3_domain::clock::{Clock, SystemClock};
use or3_domain::ids::SystemIds;
use or3_settings::Database;
use or3_state::State;
use or3_state::faults::Lifespan;
use tempfile::TempDir;

/// An empty database, of which every case gets a copy.
pub(crate) struct Mould(TempDir);

pub(crate) struct Lab {
    pub(crate) state: State,
    pub(crate) blobs: Arc<FsBlobs>,
    pub(crate) folder: TempDir,
}

/// In memory where there is a volume in memory: every commit flushes, and flushing is not what is
/// looked at here.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    folder.expect("a folder")
}

fn settings(folder: &TempDir) -> Database {
    Database::file(folder.path().join("or3.db"), 1)
}

/// The process of users, which lives for ever. Like those that die it works on the thread of the
/// test, so that a case takes the same course whenever it is repeated.
fn open(folder: &TempDir) -> State {
    State::mortal(&settings(folder), &Lifespan::of(i64::MAX))
}

impl Mould {
    pub(crate) async fn new() -> Self {
        let folder = folder();
        let migrated = State::migrate(&settings(&folder), SystemClock.now()).await;
        migrated.expect("an empty database");
        Self(folder)
    }

    pub(crate) async fn lab(&self) -> Lab {
        let folder = folder();
        for file in ["or3.db", "or3-limits.db"] {
            let copied = fs::copy(self.0.path().join(file), folder.path().join(file));
            copied.expect("a copy");
        }
        let clock = Arc::new(SystemClock);
        let blobs = FsBlobs::new(folder.path(), clock, Arc::new(SystemIds));
        blobs.create().await.expect("a root");
        Lab {
            state: open(&folder),
            blobs: Arc::new(blobs),
            folder,
        }
    }
}

impl Lab {
    /// Another process at the same files, which lives as long as `life`.
    pub(crate) fn process(&self, life: &Lifespan) -> State {
        State::mortal(&settings(&self.folder), life)
    }

    /// What a process left behind that died is opened anew.
    pub(crate) fn bury(&mut self) {
        self.state.close();
        State::bury(&settings(&self.folder)).expect("what it left");
        self.state = open(&self.folder);
    }
}
