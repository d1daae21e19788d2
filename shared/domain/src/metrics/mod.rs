//! What this process counts, for whoever gathers metrics. Numbers since its start: nothing of the
//! product depends on them.
//!
//! Counting is one addition to an atomic number: no lock, no allocation, no clock. Labels are names
//! of this build (routes, limits, kinds), never what a client sent, so that there is a bound to how
//! many numbers there are. Each process has one set, as it has one log: requests, threads and timers
//! add to it wherever they are.

mod count;
mod histogram;
mod history;
mod names;
mod places;
mod routes;
mod stock;

use crate::gc::{Ended, Kind, Run};

pub use count::{Counter, Gauge, Held};
pub use histogram::{BOUNDS_MICROS, Histogram};
pub use history::{History, Sample};
pub use names::Names;
pub use routes::{Answered, Asked, Class, Method, Route, Routes};
pub use stock::{Figures, Stock, StockTaking};

/// Everything that is counted.
#[derive(Default)]
pub struct Metrics {
    /// Requests by route.
    pub routes: Routes,
    /// Requests that are being answered.
    pub in_flight: Gauge,
    /// Requests whose clients went away before the answer.
    pub abandoned: Counter,
    /// Processes that have begun to answer: 1 once the first request or event has come.
    pub cold_starts: Counter,
    /// Requests that were refused by a rate limit, by its name.
    pub denials: Names,
    /// Round trips to stores that requests and events waited for.
    pub round_trips: Counter,
    /// Password hashes that wait for their turn.
    pub hashes_waiting: Gauge,
    /// Password hashes that are being made.
    pub hashes_running: Gauge,
    /// Password hashes that were made.
    pub hashes: Counter,
    /// How long hashes have waited for their turn, in microseconds.
    pub hash_wait_micros: Counter,
    /// Ops of pushes that won.
    pub ops_applied: Counter,
    /// Ops of pushes that lost to a later state.
    pub ops_lost: Counter,
    /// Ops of pushes that were known already.
    pub ops_replayed: Counter,
    /// Ops of pushes that are none.
    pub ops_refused: Counter,
    /// Changes that pulls have carried.
    pub pulled_rows: Counter,
    /// Collections by how they ended, in the order of [`Ended::ALL`].
    pub runs: [Counter; Ended::ALL.len()],
    /// What collections removed, by kind in the order of [`Kind::ALL`].
    pub removed: [Counter; Kind::ALL.len()],
    /// How many bytes that held, likewise.
    pub removed_bytes: [Counter; Kind::ALL.len()],
    /// When the last collection ended, in seconds since the epoch; 0 before the first.
    pub last_run_seconds: Gauge,
    /// What collections found in stock.
    pub stock: StockTaking,
    /// The last day, where a process samples it.
    pub history: History,
    /// Steps of traces that were given up because there was no room to keep them.
    pub spans_dropped: Counter,
}

static METRICS: Metrics = Metrics::new();

/// The numbers of this process.
pub fn metrics() -> &'static Metrics {
    &METRICS
}

impl Metrics {
    /// Counts a collection that has ended, unless it only looked.
    pub fn collected(&self, run: &Run) {
        if run.dry_run {
            return;
        }
        if let Some(place) = Ended::ALL.iter().position(|ended| *ended == run.ended) {
            self.runs[place].one();
        }
        for part in &run.parts {
            if let Some(place) = Kind::ALL.iter().position(|kind| *kind == part.kind) {
                self.removed[place].add(part.tally.removed);
                self.removed_bytes[place].add(part.tally.bytes);
            }
        }
        if let Some(at) = run.finished_at {
            self.last_run_seconds.set(at.seconds());
        }
    }

    const fn new() -> Self {
        Self {
            routes: Routes::new(),
            in_flight: Gauge::new(),
            abandoned: Counter::new(),
            cold_starts: Counter::new(),
            denials: Names::new(),
            round_trips: Counter::new(),
            hashes_waiting: Gauge::new(),
            hashes_running: Gauge::new(),
            hashes: Counter::new(),
            hash_wait_micros: Counter::new(),
            ops_applied: Counter::new(),
            ops_lost: Counter::new(),
            ops_replayed: Counter::new(),
            ops_refused: Counter::new(),
            pulled_rows: Counter::new(),
            runs: [const { Counter::new() }; Ended::ALL.len()],
            removed: [const { Counter::new() }; Kind::ALL.len()],
            removed_bytes: [const { Counter::new() }; Kind::ALL.len()],
            last_run_seconds: Gauge::new(),
            stock: StockTaking::new(),
            history: History::new(),
            spans_dropped: Counter::new(),
        }
    }
}
