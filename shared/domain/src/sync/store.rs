//! The ports of sync.

use std::time::Duration;

use async_trait::async_trait;

use super::{
    CursorError, CursorReport, Merged, NextPage, Op, PullPage, PullRequest, SnapshotError,
    SnapshotPage, SnapshotReader, TableSet,
};
use crate::clock::Timestamp;
use crate::ids::{UserId, WorkspaceId};
use crate::store::StoreError;

/// The change logs and rows of all workspaces. Each method is one transaction and one round trip.
#[async_trait]
pub trait SyncStore: Send + Sync {
    /// Applies a batch of distinct ops in order (sync contract, 7.6).
    ///
    /// New ops take the next versions of the workspace without a gap, are logged, and become the
    /// state of their row if they beat it; ops that were processed before change nothing. The
    /// outcomes are those of [`merge`](super::merge). All or nothing, durable when it returns, and
    /// repeating it has no further effect. Pulls see a version only together with all lower ones.
    async fn push(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        ops: &[Op],
        now: Timestamp,
    ) -> Result<Merged, StoreError>;

    /// Reads the changes after a cursor, together with the retention floor (12). Behind the floor
    /// stands what is still the state of a row: a client that starts from nothing gets every live
    /// row from the log alone (15.5 a).
    async fn pull(&self, request: &PullRequest) -> Result<PullPage, StoreError>;

    /// Captures the state of the workspace under `id` and reads its first page (13). Snapshots
    /// that are over are removed on the way.
    async fn start_snapshot(
        &self,
        id: &str,
        reader: &SnapshotReader,
        tables: TableSet,
        now: Timestamp,
    ) -> Result<SnapshotPage, StoreError>;

    /// Reads a later page: what is written after the capture never shows.
    async fn snapshot_page(
        &self,
        page: &NextPage,
        reader: &SnapshotReader,
        now: Timestamp,
    ) -> Result<SnapshotPage, SnapshotError>;

    /// Notes how far a device has come, if [`CursorReport::judge`] allows it. Of two reports at
    /// once the higher one stays.
    async fn update_cursor(&self, report: &CursorReport, now: Timestamp)
    -> Result<(), CursorError>;
}

/// How far workspaces have come, for those who wait for changes.
#[async_trait]
pub trait SyncHeads: Send + Sync {
    /// The head of each of `workspaces`, in any order, in one round trip however many they are.
    /// A workspace without changes is at 0; one that does not exist is left out.
    async fn heads(
        &self,
        workspaces: &[WorkspaceId],
    ) -> Result<Vec<(WorkspaceId, i64)>, StoreError>;
}

/// Forgetting what every device has. Each method is one transaction for one workspace; repeating
/// it has no further effect. Rows and their tombstones stay for ever (sync contract, 15).
#[async_trait]
pub trait SyncHistory: Send + Sync {
    /// Forgets device cursors that were not seen for `retention`, then moves the log's floor over
    /// the oldest entries that are older than `retention` and that every remaining device has.
    /// Entries below the floor that are no row's state are removed.
    async fn collect_change_log(
        &self,
        workspace: &WorkspaceId,
        retention: Duration,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Forgets device cursors likewise, then the last content of rows whose delete is older than
    /// `retention` and known to every remaining device.
    async fn collect_tombstones(
        &self,
        workspace: &WorkspaceId,
        retention: Duration,
        now: Timestamp,
    ) -> Result<(), StoreError>;
}
