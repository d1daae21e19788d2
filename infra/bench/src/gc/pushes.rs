//! Those who push while something else goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use or3_domain::clock::{Clock, SystemClock};
use or3_domain::ids::{UserId, WorkspaceId};
use or3_state::State;
use tokio::task::JoinHandle;

use super::fill::change;
use crate::latency::Latencies;

pub(super) const WORKSPACE: &str = "busy";

/// How many push at once.
const WRITERS: usize = 4;

/// Every op of this process is new.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// Pushes that go on until they are finished.
pub(super) struct Pushes {
    stop: Arc<AtomicBool>,
    writers: Vec<JoinHandle<Vec<Duration>>>,
}

impl Pushes {
    pub(super) fn start(state: &State) -> Self {
        let stop = Arc::<AtomicBool>::default();
        let writer = |_| tokio::spawn(push(state.clone(), Arc::clone(&stop)));
        Self {
            writers: (0..WRITERS).map(writer).collect(),
            stop,
        }
    }

    pub(super) async fn finish(self) -> Latencies {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        for writer in self.writers {
            match writer.await {
                Ok(some) => all.extend(some),
                Err(error) => eprintln!("a writer ended: {error}"),
            }
        }
        Latencies::of(all)
    }
}

async fn push(state: State, stop: Arc<AtomicBool>) -> Vec<Duration> {
    let store = state.sync_store();
    let (workspace, user) = (WorkspaceId::new(WORKSPACE), UserId::new(WORKSPACE));
    let mut all = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let op = change(WORKSPACE, number, u64::MAX);
        let started = Instant::now();
        let pushed = store
            .push(&workspace, &user, &[op], SystemClock.now())
            .await;
        if let Err(error) = pushed {
            eprintln!("a push failed: {error}");
        }
        all.push(started.elapsed());
    }
    all
}
