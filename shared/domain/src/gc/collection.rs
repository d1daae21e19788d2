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

    /// One pass of `collector` alone, for a request: without a lease, since every piece counts
    /// each thing once whoever else is at it. What is left at `until` is the next one's.
    ///
    /// # Errors
    ///
    /// The first failure of the collector, or of the ledger; the run is written down either way.
    pub async fn pass(
        &self,
        collector: Arc<dyn Collector>,
        source: Source,
        dry_run: bool,
        until: Timestamp,
    ) -> Result<Run, StoreError> {
        let now = self.clock.now();
        let mut run = Run::new(self.ids.uuid(), source, dry_run, now);
        let mut part = Part::new(collector.kind());
        let died = now.minus(LEASE);
        self.ledger.begin(&run, &[], now, died).await?;
        let mut turn = Turn {
            collector,
            position: None,
            pace: Pace::default(),
            part: 0,
        };
        let outcome = loop {
            match self.step(&mut turn, &mut part, dry_run).await {
                Ok(Some(())) if self.clock.now() < until => {}
                other => break other,
            }
        };
        if let Ok(Some(())) = outcome {
            part.ended = Ended::OutOfTime;
        }
        run.parts.push(part);
        self.end(&mut run, &[]).await?;
        outcome.map(|_| run)
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
        let part = &mut run.parts[turn.part];
        match self.step(&mut turn, part, dry_run).await {
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

    /// Does one piece and adds it to `part`; `None` when the pass is over.
    async fn step(
        &self,
        turn: &mut Turn,
        part: &mut Part,
        dry_run: bool,
    ) -> Result<Option<()>, StoreError> {
        let started = self.clock.now();
        let piece = Piece {
            position: turn.position.as_deref(),
            at_most: turn.pace.at_most(),
            now: started,
        };
        part.ended = Ended::Failed;
        let next = if dry_run {
            let survey = turn.collector.survey(&piece).await?;
            survey.found.into_iter().for_each(|found| part.name(found));
            survey.next
        } else {
            let done = turn.collector.collect(&piece).await?;
            part.tally.add(done.tally);
            done.next
        };
        turn.pace = turn.pace.after(since(started, self.clock.now()));
        part.ended = if next.is_some() {
            Ended::Running
        } else {
            Ended::Completed
        };
        turn.position = next;
        Ok(turn.position.is_some().then_some(()))
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
