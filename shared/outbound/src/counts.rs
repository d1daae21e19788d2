//! What calls cost, for whoever gathers metrics. Numbers of this process, since its start: nothing
//! depends on them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::circuit::Circuit;

/// What was counted of one destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// The destination.
    pub name: &'static str,
    /// Requests that were sent, repetitions included.
    pub requests: u64,
    /// Repetitions.
    pub retries: u64,
    /// Calls that ended without an answer, or with one that says "later".
    pub failures: u64,
    /// Calls that were not made, because the circuit was open.
    pub refused: u64,
    /// How often the circuit opened.
    pub openings: u64,
    /// Whether it is open now.
    pub open: bool,
}

/// What is kept of one destination.
pub(crate) struct Record {
    name: &'static str,
    pub(crate) circuit: Circuit,
    pub(crate) requests: AtomicU64,
    pub(crate) retries: AtomicU64,
    pub(crate) failures: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) openings: AtomicU64,
}

static RECORDS: Mutex<Vec<Weak<Record>>> = Mutex::new(Vec::new());

impl Record {
    /// A record that [`counts`] finds as long as somebody holds it.
    pub(crate) fn of(name: &'static str) -> Arc<Self> {
        let record = Arc::new(Self {
            name,
            circuit: Circuit::default(),
            requests: AtomicU64::default(),
            retries: AtomicU64::default(),
            failures: AtomicU64::default(),
            refused: AtomicU64::default(),
            openings: AtomicU64::default(),
        });
        let mut records = RECORDS.lock().unwrap_or_else(PoisonError::into_inner);
        records.retain(|record| record.strong_count() > 0);
        records.push(Arc::downgrade(&record));
        record
    }

    pub(crate) fn counts(&self) -> Counts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counts {
            name: self.name,
            requests: read(&self.requests),
            retries: read(&self.retries),
            failures: read(&self.failures),
            refused: read(&self.refused),
            openings: read(&self.openings),
            open: self.circuit.is_open(),
        }
    }
}

pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// The counts of every client that this process holds, the oldest first.
pub fn counts() -> Vec<Counts> {
    let records = RECORDS.lock().unwrap_or_else(PoisonError::into_inner);
    let held = records.iter().filter_map(Weak::upgrade);
    held.map(|record| record.counts()).collect()
}
