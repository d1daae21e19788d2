//! A limit to how long a test waits for a process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::tempdir;

use crate::running::{Running, answer};

/// Ends a process that a test waits for too long, so that whatever waits on it ends as well, and
/// fails the test.
pub(crate) struct Patience {
    limit: Duration,
    ran_out: Arc<AtomicBool>,
    watch: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Patience {
    /// Gives `running` this long; must be dropped before it.
    pub(crate) fn with(running: &Running, limit: Duration) -> Self {
        let (test, ended) = mpsc::channel();
        let ran_out = Arc::<AtomicBool>::default();
        let (told, id) = (Arc::clone(&ran_out), running.id());
        let watch = std::thread::spawn(move || {
            if ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                told.store(true, Ordering::SeqCst);
                end(id);
            }
        });
        Self {
            limit,
            ran_out,
            watch: Some((test, watch)),
        }
    }

    /// For loops that wait for something else than the process.
    pub(crate) fn insist(&self) {
        assert!(
            !self.ran_out.load(Ordering::SeqCst),
            "or3-local hangs: the test waited for it longer than {:?}",
            self.limit
        );
    }
}

impl Drop for Patience {
    fn drop(&mut self) {
        if let Some((test, watch)) = self.watch.take() {
            drop(test);
            assert!(watch.join().is_ok(), "the watch panicked");
        }
        if !std::thread::panicking() {
            self.insist();
        }
    }
}

fn end(id: Pid) {
    // It fails only for a process that has ended already.
    let _ended = kill_process(id, Signal::KILL);
}

#[test]
#[should_panic(expected = "or3-local hangs")]
fn who_waits_for_an_answer_that_never_comes_is_told_so() {
    let data = tempdir().expect("a folder");
    let running = Running::start(data.path(), &[]);
    let _patience = Patience::with(&running, Duration::from_millis(100));
    let mut connection = running.send("GET /api/health HTTP/1.1\r\n");
    answer(&mut connection);
}
