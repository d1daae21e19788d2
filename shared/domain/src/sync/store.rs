//! The ports of sync.

use async_trait::async_trait;

use super::{
    CursorError, CursorReport, Merged, NextPage, Op, PullPage, PullRequest, SnapshotError,
    SnapshotPage, SnapshotReader, TableSet,
};
use crate::clock::Timestamp;
use crate::gc::{Done, Survey};
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
    ///
    /// Winners' payloads come up to a few MiB, that of the first loser always; the others come when
    /// their ops are repeated without those.
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

/// What is old enough to be forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryWindow {
    /// Entries and deletes from this moment on stay.
    pub from: Timestamp,
    /// Devices that were not seen since hold nothing any more.
    pub seen_since: Timestamp,
}

/// One piece of forgetting in one workspace.
#[derive(Clone, Copy, Debug)]
pub struct HistoryPiece<'a> {
    /// The workspace.
    pub workspace: &'a WorkspaceId,
    /// What is old enough.
    pub window: HistoryWindow,
    /// The moment at which snapshots are judged.
    pub now: Timestamp,
    /// Where the piece before ended; `None` begins a pass.
    pub position: Option<&'a str>,
    /// How many entries or rows one transaction may write.
    pub at_most: u32,
}

/// Forgetting what every device has, piece by piece. A piece is a look and at most one short
/// transaction that writes; a pass is repeated without further effect. Rows and their tombstones
/// stay for ever (sync contract, 15).
#[async_trait]
pub trait SyncHistory: Send + Sync {
    /// The first workspace behind `after`, in an order of its own, in which a pass would find
    /// something to do. Deleted workspaces are left alone.
    async fn next_workspace(
        &self,
        after: Option<&WorkspaceId>,
        history: History,
        window: HistoryWindow,
    ) -> Result<Option<WorkspaceId>, StoreError>;

    /// One piece: first, device cursors that the window lets go; then the floor of the log moves
    /// over the oldest entries that the window lets go and that every remaining device has; then
    /// entries at or below the floor are removed that are no row's state and none that a snapshot
    /// can still be asked for. For
    /// deletes, instead of the last two: rows whose delete the window lets go and that every
    /// remaining device has lose their last content.
    async fn collect(&self, history: History, piece: &HistoryPiece<'_>)
    -> Result<Done, StoreError>;

    /// What a pass of [`collect`](Self::collect) would remove, without removing it.
    async fn survey(
        &self,
        history: History,
        piece: &HistoryPiece<'_>,
    ) -> Result<Survey, StoreError>;
}

/// What there is to forget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// Entries of the log.
    ChangeLog,
    /// What deleted rows held.
    Tombstones,
}
