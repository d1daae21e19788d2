//! A run as events, answers and logs show it.

use serde::{Serialize, Serializer};

use super::{Part, Run, Source};
use crate::clock::Timestamp;
use crate::ids::{UserId, WorkspaceId};

/// Moments are milliseconds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunView<'a> {
    id: &'a str,
    source: &'static str,
    user_id: Option<&'a str>,
    workspace_id: Option<&'a str>,
    dry_run: bool,
    started_at: i64,
    finished_at: Option<i64>,
    duration_ms: Option<i64>,
    outcome: &'static str,
    removed: u64,
    bytes: u64,
    parts: Vec<PartView<'a>>,
}

#[derive(Serialize)]
struct PartView<'a> {
    kind: &'static str,
    outcome: &'static str,
    removed: u64,
    bytes: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    found: Vec<FoundView<'a>>,
}

#[derive(Serialize)]
struct FoundView<'a> {
    name: &'a str,
    bytes: u64,
}

impl Serialize for Run {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (user, workspace) = match &self.source {
            Source::Request { user, workspace } => (Some(user), workspace.as_ref()),
            Source::Schedule | Source::Event => (None, None),
        };
        let finished_at = self.finished_at.map(Timestamp::millis);
        let tally = self.tally();
        RunView {
            id: &self.id,
            source: self.source.as_str(),
            user_id: user.map(UserId::as_str),
            workspace_id: workspace.map(WorkspaceId::as_str),
            dry_run: self.dry_run,
            started_at: self.started_at.millis(),
            finished_at,
            duration_ms: finished_at.map(|end| end - self.started_at.millis()),
            outcome: self.ended.as_str(),
            removed: tally.removed,
            bytes: tally.bytes,
            parts: self.parts.iter().map(part).collect(),
        }
        .serialize(serializer)
    }
}

fn part(part: &Part) -> PartView<'_> {
    let found = part.found.iter().map(|found| FoundView {
        name: &found.name,
        bytes: found.bytes,
    });
    PartView {
        kind: part.kind.as_str(),
        outcome: part.ended.as_str(),
        removed: part.tally.removed,
        bytes: part.tally.bytes,
        found: found.collect(),
    }
}
