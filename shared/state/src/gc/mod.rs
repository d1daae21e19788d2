//! What collects rows, and what is written down of it.

mod ledger;
mod rows;
mod snapshot_states;

use std::sync::Arc;
use std::time::Duration;

use or3_domain::gc::{Collector, GcLedger};

use crate::State;
use ledger::LibsqlGcLedger;
use rows::RowCollector;
use snapshot_states::SnapshotStates;

/// How long rows stay after they are over.
#[derive(Clone, Copy, Debug)]
pub struct KeptAfter {
    /// Invites after their end.
    pub invites: Duration,
    /// Records of collections after their beginning.
    pub runs: Duration,
}

/// A transfer that its URL let begin may last longer than the URL: so long the room that it holds
/// stays written down.
pub(crate) const TRANSFER: Duration = Duration::from_hours(1);

impl State {
    /// The leases and records of collections.
    pub fn gc_ledger(&self) -> Arc<dyn GcLedger> {
        let database = self.main();
        Arc::new(LibsqlGcLedger { database })
    }

    /// Whatever collects rows that are over, each kind once.
    pub fn row_collectors(&self, kept: KeptAfter) -> Vec<Arc<dyn Collector>> {
        let rows = |rows| {
            Arc::new(RowCollector {
                database: self.main(),
                rows,
                kept: Duration::ZERO,
            })
        };
        let later = |rows, kept| {
            Arc::new(RowCollector {
                database: self.main(),
                rows,
                kept,
            })
        };
        vec![
            rows(&rows::SESSIONS),
            rows(&rows::ROTATION_GRACE),
            Arc::new(RowCollector {
                database: self.limits(),
                rows: &rows::RATE_LIMITS,
                kept: Duration::ZERO,
            }),
            later(&rows::INVITES, kept.invites),
            later(&rows::UPLOAD_INTENTS, TRANSFER),
            rows(&rows::SNAPSHOTS),
            Arc::new(SnapshotStates {
                database: self.main(),
            }),
            later(&rows::RUNS, kept.runs),
        ]
    }
}
