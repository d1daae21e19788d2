//! Driving the collectors.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::collector::{Collector, Piece, Tally};
use super::{Ended, GcLedger, Kind, Pace, Part, Run, Source};
use crate::clock::{Clock, Timestamp};
use crate::ids::Ids;
use crate::store::StoreError;

/// How long a collection that is not heard of keeps its leases.
pub const LEASE: Duration = Duration::from_mins(2);

/// How often a collection says how far it has come.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// How many things of each kind a dry run names; it counts all.
const NAMED: usize = 1000;

/// What a collection is to do.
#[derive(Clone, Debug)]
pub struct Order {
    /// Who wants it.
    pub source: Source,
    /// The kinds; empty for all.
    pub kinds: Vec<Kind>,
    /// Only look.
    pub dry_run: bool,
    /// When it must be over; the piece that is under way then is finished.
    pub until: Timestamp,
    /// Ends it earlier, when it becomes true.
    pub stop: Arc<AtomicBool>,
}

impl Order {
    /// An order for everything, until a moment.
    pub fn everything(source: Source, until: Timestamp) -> Self {
        Self {
            source,
            kinds: Vec::new(),
            dry_run: false,
            until,
            stop: Arc::default(),
        }
    }
}

/// All collectors of a deployment.
#[derive(Clone)]
pub struct Collection {
    collectors: Vec<Arc<dyn Collector>>,
    ledger: Arc<dyn GcLedger>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

/// One kind whose turn comes again.
struct Turn {
    collector: Arc<dyn Collector>,
    position: Option<String>,
    pace: Pace,
    /// Where its part stands in the run.
    part: usize,
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
        }
    }

    /// Collects until everything is collected or the order's time is over, one piece of each kind
    /// in turn, and says what became of it. Kinds that another collection holds are left to it. A
    /// kind that fails does not keep the others from theirs.
    ///
    /// # Errors
    ///
    /// When the ledger fails: nothing is removed that is not written down.
    pub async fn run(&self, order: &Order) -> Result<Run, StoreError> {
        let now = self.clock.now();
        let mut run = Run::new(self.ids.uuid(), order.source.clone(), order.dry_run, now);
        let mut turns = self.begin(&mut run, order, now).await?;
        let mut through = Vec::new();
        let mut kept = now;
        while !turns.is_empty() && !self.is_over(order) {
            if self.clock.now() >= kept.plus(HEARTBEAT) {
                self.keep(&mut run, &mut turns).await?;
                kept = self.clock.now();
            }
            let mut left = Vec::with_capacity(turns.len());
            for turn in turns {
                if self.is_over(order) {
                    left.push(turn);
                    continue;
                }
                match self.take(turn, &mut run, order.dry_run).await {
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
        Ok(run)
    }

    async fn begin(
        &self,
        run: &mut Run,
        order: &Order,
        now: Timestamp,
    ) -> Result<Vec<Turn>, StoreError> {
        let wanted = self
            .collectors
            .iter()
            .filter(|collector| order.kinds.is_empty() || order.kinds.contains(&collector.kind()));
        let wanted: Vec<_> = wanted.map(Arc::clone).collect();
        run.parts = wanted.iter().map(|one| Part::new(one.kind())).collect();
        // A dry run changes nothing, and needs nothing to itself.
        let kinds: Vec<_> = wanted.iter().map(|one| one.kind()).collect();
        let leased: &[Kind] = if order.dry_run { &[] } else { &kinds };
        let begun = self
            .ledger
            .begin(run, leased, now.plus(LEASE), now.minus(LEASE))
            .await?;
        let mut turns = Vec::with_capacity(wanted.len());
        for (part, collector) in wanted.into_iter().enumerate() {
            let held = begun.iter().find(|begun| begun.kind == collector.kind());
            if held.is_none() && !order.dry_run {
                run.parts[part].ended = Ended::HeldElsewhere;
                continue;
            }
            turns.push(Turn {
                position: held.and_then(|begun| begun.position.clone()),
                collector,
                pace: Pace::default(),
                part,
            });
        }
        Ok(turns)
    }

    /// Does one piece: the turn comes again, or the kind is through and its next pass begins
    /// there.
    async fn take(
        &self,
        mut turn: Turn,
        run: &mut Run,
        dry_run: bool,
    ) -> Result<Turn, (Kind, Option<String>)> {
        let started = self.clock.now();
        let piece = Piece {
            position: turn.position.as_deref(),
            at_most: turn.pace.at_most(),
            now: started,
        };
        let part = &mut run.parts[turn.part];
        let next = if dry_run {
            turn.collector.survey(&piece).await.map(|survey| {
                for found in survey.found {
                    part.tally.add(Tally {
                        removed: 1,
                        bytes: found.bytes,
                    });
                    if part.found.len() < NAMED {
                        part.found.push(found);
                    }
                }
                survey.next
            })
        } else {
            turn.collector.collect(&piece).await.map(|done| {
                part.tally.add(done.tally);
                done.next
            })
        };
        match next {
            Ok(Some(next)) => {
                turn.pace = turn.pace.after(since(started, self.clock.now()));
                turn.position = Some(next);
                Ok(turn)
            }
            Ok(None) => {
                part.ended = Ended::Completed;
                Err((turn.collector.kind(), None))
            }
            Err(error) => {
                tracing::error!(kind = %part.kind, %error, "a collection failed");
                part.ended = Ended::Failed;
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
        if run.dry_run {
            return Ok(());
        }
        turns.retain(|turn| {
            let holds = held.contains(&turn.collector.kind());
            if !holds {
                run.parts[turn.part].ended = Ended::HeldElsewhere;
            }
            holds
        });
        Ok(())
    }

    async fn end(
        &self,
        run: &mut Run,
        positions: &[(Kind, Option<String>)],
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        run.finish(now);
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

    fn is_over(&self, order: &Order) -> bool {
        self.clock.now() >= order.until || order.stop.load(Ordering::Relaxed)
    }
}

fn since(started: Timestamp, now: Timestamp) -> Duration {
    let millis = now.millis().saturating_sub(started.millis());
    Duration::from_millis(u64::try_from(millis).unwrap_or_default())
}
