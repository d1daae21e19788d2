//! Looks: what a collection would remove, or what is wrong, a page at a time. Nothing is removed.

use std::sync::Arc;

use super::collection::HEARTBEAT;
use super::{Collection, Collector, Cursor, Ended, Kind, LEASE, Part, Piece, Run, Source};
use crate::clock::Timestamp;
use crate::store::StoreError;

/// How many things a page names; the piece that goes past it is named as a whole.
const NAMED: usize = 10_000;

/// How many rows are looked at in a piece.
const PIECE: u32 = 1000;

/// One page of a look.
#[derive(Clone, Debug)]
pub struct Look {
    /// Who wants it.
    pub source: Source,
    /// Where the page before ended; `None` begins.
    pub from: Option<Cursor>,
    /// Things are named; otherwise they are only counted, and a page ends by time alone.
    pub names: bool,
    /// When it must be over; the piece that is under way then is finished.
    pub until: Timestamp,
}

/// What a page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The kinds that the page reached, what it found of each, and that somebody looked.
    pub run: Run,
    /// Where the next page begins; `None` behind the last one.
    pub next: Option<Cursor>,
}

impl Collection {
    /// Looks at what `collectors` would remove, one after the other, until the page is full or its
    /// time is over. It holds nothing and may run beside a collection. All pages together name
    /// each thing once, exactly those that a collection at the moment of the first one removes,
    /// unless something changes meanwhile. A kind that fails does not keep the others from theirs.
    /// A cursor of a kind that none of `collectors` has ends at once.
    ///
    /// # Errors
    ///
    /// When the ledger fails: nobody looks who is not written down.
    pub async fn look(
        &self,
        collectors: &[Arc<dyn Collector>],
        look: &Look,
    ) -> Result<Page, StoreError> {
        let now = self.clock.now();
        let mut run = Run::new(self.ids.uuid(), look.source.clone(), true, now);
        self.ledger.begin(&run, &[], now, now.minus(LEASE)).await?;
        let first = collectors.first().map(|one| Cursor::new(now, one.kind()));
        let mut next = look.from.clone().or(first);
        if let Some(cursor) = &mut next {
            // What is not over yet is not looked at, whatever a cursor says.
            cursor.at = cursor.at.min(now);
        }
        let mut kept = now;
        while let Some((collector, cursor)) = at(collectors, next.take()) {
            let position = survey(&**collector, &cursor, look.names, &mut run).await;
            next = match position {
                Some(_) => Some(Cursor { position, ..cursor }),
                None => behind(collectors, &cursor),
            };
            let now = self.clock.now();
            if now >= look.until || (look.names && named(&run) >= NAMED) {
                break;
            }
            if now >= kept.plus(HEARTBEAT) {
                kept = now;
                self.ledger.keep(&run, &[], now, now).await?;
            }
        }
        self.end(&mut run, &[]).await?;
        Ok(Page { run, next })
    }
}

/// The collector that a cursor is of.
fn at(
    collectors: &[Arc<dyn Collector>],
    cursor: Option<Cursor>,
) -> Option<(&Arc<dyn Collector>, Cursor)> {
    let cursor = cursor?;
    let here = collectors.iter().find(|one| one.kind() == cursor.kind)?;
    Some((here, cursor))
}

/// The beginning of the collector behind that of a cursor.
fn behind(collectors: &[Arc<dyn Collector>], cursor: &Cursor) -> Option<Cursor> {
    let mut rest = collectors
        .iter()
        .skip_while(|one| one.kind() != cursor.kind);
    let next = rest.nth(1)?;
    Some(Cursor::new(cursor.at, next.kind()))
}

/// Adds one piece to the run and says where the next one begins; `None` when the kind is through.
async fn survey(
    collector: &dyn Collector,
    cursor: &Cursor,
    names: bool,
    run: &mut Run,
) -> Option<String> {
    let piece = Piece {
        position: cursor.position.as_deref(),
        at_most: PIECE,
        now: cursor.at,
    };
    let survey = collector.survey(&piece).await;
    let part = part(run, cursor.kind);
    match survey {
        Ok(survey) => {
            for found in survey.found {
                part.count(found, names);
            }
            part.ended = match survey.next {
                Some(_) => Ended::OutOfTime,
                None => Ended::Completed,
            };
            survey.next
        }
        Err(error) => {
            tracing::error!(kind = %part.kind, %error, "a look failed");
            part.ended = Ended::Failed;
            None
        }
    }
}

/// The part of a kind, which is the last one, or begins here.
fn part(run: &mut Run, kind: Kind) -> &mut Part {
    if run.parts.last().is_none_or(|last| last.kind != kind) {
        run.parts.push(Part::new(kind));
    }
    let last = run.parts.len() - 1;
    &mut run.parts[last]
}

fn named(run: &Run) -> usize {
    run.parts.iter().map(|part| part.found.len()).sum()
}
