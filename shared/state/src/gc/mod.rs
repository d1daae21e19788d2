//! What collects rows, and what is written down of it.

mod ledger;
mod paged;
mod rows;

use std::sync::Arc;
use std::time::Duration;

use or3_domain::gc::{Collector, GcLedger};

use crate::State;
use crate::audit::AuditCollector;
use ledger::LibsqlGcLedger;
use paged::PagedCollector;
use rows::RowCollector;

/// How long rows stay after they are over.
#[derive(Clone, Copy, Debug)]
pub struct KeptAfter {
    /// Invites after their end.
    pub invites: Duration,
    /// Records of collections after their beginning.
    pub runs: Duration,
    /// Entries of the audit trail.
    pub audit: Duration,
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
        let later = |rows, kept| -> Arc<dyn Collector> {
            let database = self.main();
            Arc::new(RowCollector {
                database,
                rows,
                kept,
            })
        };
        let paged =
            |rows, database| -> Arc<dyn Collector> { Arc::new(PagedCollector { database, rows }) };
        vec![
            later(&rows::SESSIONS, Duration::ZERO),
            later(&rows::ROTATION_GRACE, Duration::ZERO),
            paged(&paged::RATE_LIMITS, self.limits()),
            later(&rows::INVITES, kept.invites),
            later(&rows::UPLOAD_INTENTS, TRANSFER),
            later(&rows::SNAPSHOTS, Duration::ZERO),
            paged(&paged::SNAPSHOT_STATES, self.main()),
            later(&rows::RUNS, kept.runs),
            Arc::new(AuditCollector {
                database: self.main(),
                kept: kept.audit,
            }),
        ]
    }
}
