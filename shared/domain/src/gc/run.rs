//! What is written down of a collection.

use super::Kind;
use super::collector::{Found, Tally};
use crate::clock::Timestamp;
use crate::ids::{UserId, WorkspaceId};

/// Who wanted a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The schedule, or the local stack's timer.
    Schedule,
    /// Somebody by an event of their own.
    Event,
    /// A person by a request.
    Request {
        /// The person.
        user: UserId,
        /// The only workspace that it was for; `None` for the whole deployment.
        workspace: Option<WorkspaceId>,
    },
}

impl Source {
    /// The name in rows and answers.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Event => "event",
            Self::Request { .. } => "request",
        }
    }

    /// What a record says that has these: `user` and `workspace` count for a request only, and a
    /// name that this build does not know is taken for the schedule's.
    pub fn named(name: &str, user: &str, workspace: Option<WorkspaceId>) -> Self {
        match name {
            "request" => Self::Request {
                user: UserId::new(user),
                workspace,
            },
            "event" => Self::Event,
            _ => Self::Schedule,
        }
    }
}

/// How a collection, or one kind of it, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It is still going on.
    Running,
    /// A whole pass is over.
    Completed,
    /// The time was over, or the page of a look full; the next one goes on there.
    OutOfTime,
    /// Another collection was at it, or took it over.
    HeldElsewhere,
    /// Something failed; the log has it. The next one goes on there.
    Failed,
    /// The process died; what was removed since the last record of it is not counted.
    Died,
}

impl Ended {
    /// Every way to end.
    pub const ALL: [Self; 6] = [
        Self::Running,
        Self::Completed,
        Self::OutOfTime,
        Self::HeldElsewhere,
        Self::Failed,
        Self::Died,
    ];

    /// The name in rows and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::OutOfTime => "out-of-time",
            Self::HeldElsewhere => "held-elsewhere",
            Self::Failed => "failed",
            Self::Died => "died",
        }
    }

    /// What `name` stands for.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ended| ended.as_str() == name)
    }
}

/// One kind in a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What was collected.
    pub kind: Kind,
    /// How much was removed, or in a dry run would be.
    pub tally: Tally,
    /// How it ended.
    pub ended: Ended,
    /// In a look, the things that would be removed; not kept in rows.
    pub found: Vec<Found>,
}

impl Part {
    /// Counts what a look found, and names it if names are wanted.
    pub(super) fn count(&mut self, found: Found, names: bool) {
        self.tally.add(Tally {
            removed: 1,
            bytes: found.bytes,
        });
        if names {
            self.found.push(found);
        }
    }

    /// A part that has just begun.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            tally: Tally::default(),
            ended: Ended::Running,
            found: Vec::new(),
        }
    }
}

/// One collection: what, how many, how many bytes, how long, and who wanted it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: String,
    /// Who wanted it.
    pub source: Source,
    /// Nothing was removed: tallies say what would be.
    pub dry_run: bool,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; `None` while it goes on, and for one that died.
    pub finished_at: Option<Timestamp>,
    /// How it ended: the worst of its parts.
    pub ended: Ended,
    /// The kinds, in the order of turns.
    pub parts: Vec<Part>,
}

impl Run {
    /// A run that begins now.
    pub fn new(id: String, source: Source, dry_run: bool, now: Timestamp) -> Self {
        Self {
            id,
            source,
            dry_run,
            started_at: now,
            finished_at: None,
            ended: Ended::Running,
            parts: Vec::new(),
        }
    }

    /// What was removed in all.
    pub fn tally(&self) -> Tally {
        let mut sum = Tally::default();
        self.parts.iter().for_each(|part| sum.add(part.tally));
        sum
    }

    /// Ends the run: failure of a part is a failure, a part that is not through is not through.
    pub fn finish(&mut self, now: Timestamp) {
        let any = |ended| self.parts.iter().any(|part| part.ended == ended);
        self.ended = [Ended::Failed, Ended::OutOfTime, Ended::HeldElsewhere]
            .into_iter()
            .find(|ended| any(*ended))
            .unwrap_or(Ended::Completed);
        self.finished_at = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_as_the_worst_of_its_parts() {
        let now = Timestamp::from_millis(5);
        let mut run = Run::new(String::new(), Source::Schedule, false, now);
        let part = |ended| Part {
            ended,
            ..Part::new(Kind::Sessions)
        };
        run.finish(now);
        assert_eq!((run.ended, run.finished_at), (Ended::Completed, Some(now)));
        run.parts = vec![part(Ended::Completed), part(Ended::OutOfTime)];
        run.finish(now);
        assert_eq!(run.ended, Ended::OutOfTime);
        run.parts.push(part(Ended::Failed));
        run.finish(now);
        assert_eq!(run.ended, Ended::Failed);
    }

    #[test]
    fn every_ending_is_known_by_its_name() {
        for ended in Ended::ALL {
            assert_eq!(Ended::named(ended.as_str()), Some(ended));
        }
    }
}
