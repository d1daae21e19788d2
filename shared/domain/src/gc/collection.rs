//! Driving the collectors.

use std::sync::Arc;
use std::time::Duration;

use super::collector::{Collector, Tally};
use super::turn::{Sharing, Turn};
use super::{Ended, GcLedger, Kind, Order, Part, Run};
use crate::clock::{Clock, Timestamp};
use crate::ids::Ids;
use crate::metrics::{Stock, metrics};
use crate::store::StoreError;

/// How long a collection that is not heard of keeps its leases.
pub const LEASE: Duration = Duration::from_mins(2);

/// How often a collection says how far it has come.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(1);

/// All collectors of a deployment.
#[derive(Clone)]
pub struct Collection {
    collectors: Vec<Arc<dyn Collector>>,
    pub(super) ledger: Arc<dyn GcLedger>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Arc<dyn Ids>,
    stock: Option<(Arc<dyn Stock>, Duration)>,
}

impl Collection {
    /// A collection of what `collectors` collect.
    pub fn new(
        collectors: Vec<Arc<dyn Collector>>,
        ledger: Arc<dyn GcLedger>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Self {
        Self {
            collectors,
            ledger,
            clock,
            ids,
            stock: None,
        }
    }

    /// The same, which counts what there is after each run, for metrics: devices count that were
    /// seen within `seen_within`.
    #[must_use]
    pub fn taking_stock(self, stock: Arc<dyn Stock>, seen_within: Duration) -> Self {
        Self {
            stock: Some((stock, seen_within)),
            ..self
        }
    }

    /// The collectors of `kinds`; of all, if it is empty.
    pub fn of(&self, kinds: &[Kind]) -> Vec<Arc<dyn Collector>> {
        let wanted =
            |collector: &&Arc<dyn Collector>| kinds.is_empty() || kinds.contains(&collector.kind());
        self.collectors.iter().filter(wanted).cloned().collect()
    }

    /// Collects until everything is collected or the order's time is over, one piece of each kind
    /// in turn, and says what became of it. Between pieces it rests, so that whoever writes does not
    /// wait for it. Kinds that another collection holds are left to it. A
    /// kind that fails does not keep the others from theirs.
    ///
    /// # Errors
    ///
    /// When the ledger fails: nothing is removed that is not written down, but for files that go to
    /// make room for it.
    pub async fn run(&self, order: &Order) -> Result<Run, StoreError> {
        let now = self.clock.now();
        let mut run = Run::new(self.ids.uuid(), order.source.clone(), false, now);
        let mut turns = self.begin_or_make_room(&mut run, order, now).await?;
        let mut through = Vec::new();
        let mut sharing = Sharing::new(&*self.ledger);
        let mut kept = now;
        while !turns.is_empty() && !order.is_over(self.clock.now()) {
            if self.clock.now() >= kept.plus(HEARTBEAT) {
                self.keep(&mut run, &mut turns).await?;
                kept = self.clock.now();
            }
            let mut left = Vec::with_capacity(turns.len());
            for turn in turns {
                if order.is_over(self.clock.now()) {
                    left.push(turn);
                    continue;
                }
                match self.take(turn, &mut run, &mut sharing).await {
                    Ok(turn) => left.push(turn),
                    Err(ended) => through.push(ended),
                }
            }
            turns = left;
        }
        for turn in turns {
            run.parts[turn.part].ended = Ended::OutOfTime;
            through.push((turn.collector.kind(), turn.position));
        }
        self.end(&mut run, &through).await?;
        self.take_stock().await;
        Ok(run)
    }

    pub(super) async fn begin(
        &self,
        run: &mut Run,
        order: &Order,
        now: Timestamp,
    ) -> Result<Vec<Turn>, StoreError> {
        let wanted = self.of(&order.kinds);
        let kinds: Vec<_> = wanted.iter().map(|one| one.kind()).collect();
        run.parts = kinds.iter().copied().map(Part::new).collect();
        let begun = self
            .ledger
            .begin(run, &kinds, now.plus(LEASE), now.minus(LEASE))
            .await?;
        let mut turns = Vec::with_capacity(wanted.len());
        for (part, collector) in wanted.into_iter().enumerate() {
            match begun.iter().find(|begun| begun.kind == collector.kind()) {
                Some(held) => turns.push(Turn::new(collector, held.position.clone(), part)),
                None => run.parts[part].ended = Ended::HeldElsewhere,
            }
        }
        Ok(turns)
    }

    /// Does one piece: the turn comes again, or the kind is through and its next pass begins
    /// there.
    async fn take(
        &self,
        mut turn: Turn,
        run: &mut Run,
        sharing: &mut Sharing<'_>,
    ) -> Result<Turn, (Kind, Option<String>)> {
        let part = &mut run.parts[turn.part];
        match turn.collect(part, sharing, self.clock.now()).await {
            Ok(Some(())) => Ok(turn),
            Ok(None) => Err((part.kind, None)),
            Err(error) => {
                tracing::error!(kind = %part.kind, %error, "a collection failed");
                // Trouble passes, and the next run goes on there; a fault would stop every run at
                // the same place, so that what lies behind it would never be collected.
                let passes = matches!(error, StoreError::Unavailable(_));
                Err((part.kind, turn.position.filter(|_| passes)))
            }
        }
    }

    async fn keep(&self, run: &mut Run, turns: &mut Vec<Turn>) -> Result<(), StoreError> {
        let now = self.clock.now();
        let positions: Vec<_> = turns
            .iter()
            .map(|turn| (turn.collector.kind(), turn.position.clone()))
            .collect();
        let held = self
            .ledger
            .keep(run, &positions, now, now.plus(LEASE))
            .await?;
        turns.retain(|turn| {
            let holds = held.contains(&turn.collector.kind());
            if !holds {
                run.parts[turn.part].ended = Ended::HeldElsewhere;
            }
            holds
        });
        Ok(())
    }

    /// Counts what there is. Nothing depends on it: trouble is logged, and the last figures stay.
    async fn take_stock(&self) {
        let Some((stock, seen_within)) = &self.stock else {
            return;
        };
        let now = self.clock.now();
        match stock.count(now, now.minus(*seen_within)).await {
            Ok(found) => metrics().stock.keep(&found, now),
            Err(error) => tracing::warn!(%error, "what there is was not counted"),
        }
    }

    /// Writes down how `run` ended, and lets go of its kinds.
    pub(super) async fn end(
        &self,
        run: &mut Run,
        positions: &[(Kind, Option<String>)],
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        run.finish(now);
        metrics().collected(run);
        let Tally { removed, bytes } = run.tally();
        tracing::info!(
            run.id,
            removed,
            bytes,
            dry_run = run.dry_run,
            source = run.source.as_str(),
            ended = run.ended.as_str(),
            duration_ms = now.millis() - run.started_at.millis(),
            "a collection ended"
        );
        self.ledger.finish(run, positions).await
    }
}
