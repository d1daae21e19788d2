//! One kind whose turn comes again, and the time between turns.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::collector::{Collector, Piece};
use super::pace::{Company, Pace, Rest};
use super::{Ended, GcLedger, Part};
use crate::clock::Timestamp;
use crate::store::StoreError;

/// One kind whose turn comes again.
pub(super) struct Turn {
    pub(super) collector: Arc<dyn Collector>,
    pub(super) position: Option<String>,
    pace: Pace,
    /// Where its part stands in the run.
    pub(super) part: usize,
}

impl Turn {
    /// A turn that begins at `position`.
    pub(super) fn new(
        collector: Arc<dyn Collector>,
        position: Option<String>,
        part: usize,
    ) -> Self {
        Self {
            collector,
            position,
            pace: Pace::default(),
            part,
        }
    }

    /// Collects one piece and adds it to `part`; `None` when the pass is over.
    pub(super) async fn collect(
        &mut self,
        part: &mut Part,
        sharing: &mut Sharing<'_>,
        now: Timestamp,
    ) -> Result<Option<()>, StoreError> {
        let piece = Piece {
            position: self.position.as_deref(),
            at_most: self.pace.at_most(sharing.company),
            now,
        };
        part.ended = Ended::Failed;
        let started = Instant::now();
        let done = self.collector.collect(&piece).await?;
        let elapsed = started.elapsed();
        self.pace = self.pace.after(elapsed, sharing.company);
        part.tally.add(done.tally);
        self.position = done.next;
        let goes_on = self.position.is_some();
        part.ended = if goes_on {
            Ended::Running
        } else {
            Ended::Completed
        };
        sharing.rest_after(elapsed).await;
        Ok(goes_on.then_some(()))
    }
}

/// Leaves time to whoever else writes, and finds out whether anybody does.
pub(super) struct Sharing<'a> {
    ledger: &'a dyn GcLedger,
    company: Company,
    rest: Rest,
}

impl<'a> Sharing<'a> {
    /// Until the first rest others are taken to write.
    pub(super) fn new(ledger: &'a dyn GcLedger) -> Self {
        Self {
            ledger,
            company: Company::Shared,
            rest: Rest::default(),
        }
    }

    /// Rests, if it is time to. Whatever is written meanwhile is written by others.
    async fn rest_after(&mut self, elapsed: Duration) {
        self.rest = self.rest.after(elapsed, self.company);
        let Some(rest) = self.rest.due() else { return };
        let before = self.ledger.writes();
        tokio::time::sleep(rest).await;
        self.company = if self.ledger.writes() == before {
            Company::Alone
        } else {
            Company::Shared
        };
        self.rest = Rest::default();
    }
}
