//! What every [`SyncStore`], [`SyncHeads`] and [`SyncHistory`] does, one function a fact. Each
//! fact takes a store of its own.
#![expect(
    clippy::missing_panics_doc,
    reason = "a fact that does not hold is a panic"
)]
#![expect(clippy::expect_used, reason = "so is a store that fails")]

pub mod cursor;
pub mod heads;
pub mod history;
pub mod notification;
pub mod parallel;
pub mod pull;
pub mod push;
pub mod snapshot;
pub mod stock;

use std::sync::Arc;

use or3_domain::auth::SessionStore;
use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::sync::{
    Fingerprint, Merged, Op, Operation, Outcome, PullPage, PullRequest, Revision, SnapshotReader,
    SyncHeads, SyncHistory, SyncStore, Table, TableSet,
};

use crate::seed_workspace;

/// The ports of one deployment, all on the same rows.
#[derive(Clone)]
pub struct SyncPorts {
    /// The port under test.
    pub store: Arc<dyn SyncStore>,
    /// The port that says how far workspaces have come.
    pub heads: Arc<dyn SyncHeads>,
    /// The port that collects.
    pub history: Arc<dyn SyncHistory>,
    /// Where workspaces come from.
    pub contexts: Arc<dyn SessionStore>,
}

/// The time at which facts begin.
pub const START: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// A workspace that exists.
#[derive(Clone)]
pub struct Home {
    ports: SyncPorts,
    workspace: WorkspaceId,
    user: UserId,
}

impl SyncPorts {
    /// A new workspace, with `alice` at the keyboard.
    pub async fn home(&self, id: &str) -> Home {
        seed_workspace(&*self.contexts, id).await;
        Home {
            ports: self.clone(),
            workspace: WorkspaceId::new(id),
            user: UserId::new("alice"),
        }
    }
}

impl Home {
    fn of(&self, user: &str) -> Self {
        Self {
            user: UserId::new(user),
            ..self.clone()
        }
    }

    async fn push(&self, ops: &[Op]) -> Merged {
        self.push_at(ops, START).await
    }

    async fn push_at(&self, ops: &[Op], now: Timestamp) -> Merged {
        let store = &self.ports.store;
        let pushed = store.push(&self.workspace, &self.user, ops, now).await;
        pushed.expect("a push")
    }

    fn pull_request(&self, cursor: i64, limit: u32) -> PullRequest {
        PullRequest {
            workspace: self.workspace.clone(),
            user: self.user.clone(),
            cursor,
            limit,
            tables: TableSet::ALL,
            max_bytes: u32::MAX,
        }
    }

    async fn pull(&self, cursor: i64, limit: u32) -> PullPage {
        self.ask(&self.pull_request(cursor, limit)).await
    }

    async fn ask(&self, request: &PullRequest) -> PullPage {
        self.ports.store.pull(request).await.expect("a pull")
    }

    fn reader(&self, page_size: u32) -> SnapshotReader {
        SnapshotReader {
            workspace: self.workspace.clone(),
            user: self.user.clone(),
            page_size,
            max_bytes: u32::MAX,
        }
    }
}

/// A put of `kv` whose op id ends in `number`.
fn put(pk: &str, clock: i64, number: u32) -> Op {
    op(Operation::Put, Table::Kv, pk, clock, number)
}

/// A delete of `kv`.
fn delete(pk: &str, clock: i64, number: u32) -> Op {
    op(Operation::Delete, Table::Kv, pk, clock, number)
}

/// An op whose fingerprint follows from what it does.
fn op(operation: Operation, table: Table, pk: &str, clock: i64, number: u32) -> Op {
    let payload =
        (operation == Operation::Put).then(|| format!(r#"{{"id":"{pk}","value":"{number}"}}"#));
    let mut fingerprint = [0; 16];
    fingerprint[..8].copy_from_slice(&clock.to_be_bytes());
    fingerprint[8..12].copy_from_slice(&number.to_be_bytes());
    Op {
        table,
        operation,
        pk: pk.to_owned(),
        payload,
        revision: Revision {
            clock,
            hlc: "0mjuohs00:000:deva0001".to_owned(),
            op_id: format!("00000000-0000-4000-8000-{number:012}"),
        },
        device_id: "deva0001".to_owned(),
        fingerprint: Fingerprint(fingerprint),
    }
}

/// The versions of a push; 0 for refused ops.
fn versions(merged: &Merged) -> Vec<i64> {
    let version = |outcome: &Outcome| match outcome {
        Outcome::Accepted { version, .. } => *version,
        Outcome::Refused(_) => 0,
    };
    merged.outcomes.iter().map(version).collect()
}

/// Whether each op of a push is the state of its row.
fn applied(merged: &Merged) -> Vec<bool> {
    let stands = |outcome: &Outcome| matches!(outcome, Outcome::Accepted { lost_to: None, .. });
    merged.outcomes.iter().map(stands).collect()
}

/// Version and key of each change.
fn keys(page: &PullPage) -> Vec<(i64, &str)> {
    page.changes
        .iter()
        .map(|change| (change.version, change.pk.as_str()))
        .collect()
}
