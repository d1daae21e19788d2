//! The merge rule of a push, as a pure function: given what the store holds before the batch, what
//! becomes of each op. The store's SQL does the same with sets; a property test holds the two
//! equal.

use std::collections::HashMap;

use super::payload::with_deleted;
use super::{Op, Operation, Refusal, Revision, Table};
use crate::clock::Timestamp;
use crate::ids::UserId;

/// What the store knows that bears on one op, before the batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// An op with the same id was processed before.
    pub processed: Option<Processed>,
    /// The row that the op writes.
    pub row: Option<Current>,
}

/// An op id that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Processed {
    /// The version that it got.
    pub version: i64,
    /// In the same workspace, with the same fingerprint: this is a repetition.
    pub same: bool,
}

/// The state of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current {
    /// The write that won.
    pub revision: Revision,
    /// When the server took the delete, if that is what won.
    pub deleted_at: Option<Timestamp>,
    /// The only user who may see and write the row, in the one table that has owners.
    pub owner: Option<UserId>,
    /// The last payload.
    pub content: Content,
}

/// What the store tells of a row's last payload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Content {
    /// The row has none, or none is asked for: every op of the batch beats this state.
    #[default]
    Nothing,
    /// Its text.
    Payload(String),
    /// There is one, behind more payloads than one answer can hold.
    LeftOut,
}

impl Content {
    /// Takes `other` if it says more: any of several ops on one row may have brought the payload.
    fn fill(&mut self, other: Self) {
        if *self == Self::Nothing || matches!(other, Self::Payload(_)) {
            *self = other;
        }
    }
}

impl From<Option<String>> for Content {
    fn from(payload: Option<String>) -> Self {
        payload.map_or(Self::Nothing, Self::Payload)
    }
}

/// What became of one op (sync contract, 11.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Refused; it took no version.
    Refused(Refusal),
    /// Accepted, now or before.
    Accepted {
        /// The op's version in its workspace.
        version: i64,
        /// It was processed before; nothing was written.
        replayed: bool,
        /// The state that stands instead of the op, if it lost or was overtaken.
        lost_to: Option<Box<Winner>>,
    },
}

/// The state that an op lost to (sync contract, 8.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Winner {
    /// The write that won.
    pub revision: Revision,
    /// When the server took it, if it is a delete.
    pub deleted_at: Option<Timestamp>,
    /// The live payload; for a delete the last one known, with `"deleted":true`. `None` if the store
    /// left it out: it comes when the op is repeated without those before it.
    pub payload: Option<String>,
}

/// A batch that is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// One outcome an op, in order.
    pub outcomes: Vec<Outcome>,
    /// The workspace's head after the batch.
    pub head: i64,
}

/// Decides a batch of distinct ops, each against the state that the ones before it left (sync
/// contract, 7.1, 7.3, 8 and 10). `standings` has one entry an op.
pub fn merge(
    ops: &[Op],
    standings: Vec<Standing>,
    head: i64,
    user: &UserId,
    now: Timestamp,
) -> Merged {
    let verdicts: Vec<_> = ops
        .iter()
        .zip(&standings)
        .map(|(op, standing)| admit(op, standing, user))
        .collect();
    let mut rows: HashMap<(Table, &str), Current> = HashMap::new();
    for (op, standing) in ops.iter().zip(standings) {
        if let Some(current) = standing.row {
            let row = rows
                .entry((op.table, &op.pk))
                .or_insert_with(|| current.clone());
            row.content.fill(current.content);
        }
    }
    let mut merged = Merged {
        outcomes: Vec::with_capacity(ops.len()),
        head,
    };
    for (op, verdict) in ops.iter().zip(verdicts) {
        let outcome = match verdict {
            Err(refusal) => Outcome::Refused(refusal),
            Ok(Some(version)) => accepted(op, version, true, rows.get(&(op.table, op.pk.as_str()))),
            Ok(None) => {
                merged.head += 1;
                apply(op, &mut rows, now);
                accepted(
                    op,
                    merged.head,
                    false,
                    rows.get(&(op.table, op.pk.as_str())),
                )
            }
        };
        merged.outcomes.push(outcome);
    }
    merged
}

/// Up to here a clock may jump as it likes: room for clocks that count milliseconds.
pub const FREE_CLOCK: i64 = 1 << 43;

/// Above [`FREE_CLOCK`], how far a clock may be ahead of its row's (ADR 0005).
pub const CLOCK_JUMP: i64 = 1 << 16;

/// Whether an op's clock would leave no room for later writers: nothing can follow the largest
/// one, and the row would be frozen for ever.
fn freezes(op: &Op, row: Option<&Current>) -> bool {
    let clock = op.revision.clock;
    clock > FREE_CLOCK && clock - row.map_or(0, |row| row.revision.clock) > CLOCK_JUMP
}

/// Whether an op may enter; a repetition comes with its version. Ownership of deletes is looked at
/// before repetition, that of puts after it (sync contract, 10).
fn admit(op: &Op, standing: &Standing, user: &UserId) -> Result<Option<i64>, Refusal> {
    let owner = standing.row.as_ref().map(|row| row.owner.as_ref());
    let has_owner = op.table == Table::Notifications;
    let foreign = match op.operation {
        Operation::Delete => has_owner && owner != Some(Some(user)),
        Operation::Put => has_owner && owner.is_some_and(|owner| owner != Some(user)),
    };
    if foreign && op.operation == Operation::Delete {
        return Err(Refusal::not_the_owner());
    }
    match standing.processed {
        Some(Processed {
            version,
            same: true,
        }) => Ok(Some(version)),
        Some(_) => Err(Refusal::reused(&op.revision.op_id)),
        None if foreign => Err(Refusal::not_the_owner()),
        None if freezes(op, standing.row.as_ref()) => Err(Refusal::clock_too_far()),
        None => Ok(None),
    }
}

/// Last writer wins, for puts and deletes alike; a delete keeps the last payload (8.2, 8.3).
fn apply<'a>(op: &'a Op, rows: &mut HashMap<(Table, &'a str), Current>, now: Timestamp) {
    let row = rows.get(&(op.table, op.pk.as_str()));
    if row.is_some_and(|row| !op.revision.beats(&row.revision)) {
        return;
    }
    let (deleted_at, content) = match op.operation {
        Operation::Put => (None, op.payload.clone().into()),
        Operation::Delete => (
            Some(now),
            row.map(|row| row.content.clone()).unwrap_or_default(),
        ),
    };
    let current = Current {
        revision: op.revision.clone(),
        deleted_at,
        owner: None,
        content,
    };
    rows.insert((op.table, &op.pk), current);
}

fn accepted(op: &Op, version: i64, replayed: bool, row: Option<&Current>) -> Outcome {
    let stands = row.is_some_and(|row| row.revision.op_id == op.revision.op_id);
    let lost_to = row.filter(|_| !stands).map(|row| Box::new(winner(op, row)));
    Outcome::Accepted {
        version,
        replayed,
        lost_to,
    }
}

fn winner(op: &Op, row: &Current) -> Winner {
    let last = match &row.content {
        Content::LeftOut => None,
        Content::Nothing => Some(None),
        Content::Payload(text) => Some(Some(text.as_str())),
    };
    let payload = last.map(|last| match row.deleted_at {
        None => last.unwrap_or("{}").to_owned(),
        Some(_) => with_deleted(last, op.table.key_member(), &op.pk),
    });
    Winner {
        revision: row.revision.clone(),
        deleted_at: row.deleted_at,
        payload,
    }
}

#[cfg(test)]
mod tests;
