//! [`SyncStore`], [`SyncHeads`] and [`SyncHistory`] on rows: one log for all workspaces, rows that point into it.

mod batch;
mod collect;
mod cursor;
mod heads;
mod pull;
mod push;
#[cfg(test)]
mod restore_tests;
mod snapshot;
mod sql;

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::clock::Timestamp;
use or3_domain::gc::{Done, Survey};
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::store::StoreError;
use or3_domain::sync::{
    CursorError, CursorReport, History, HistoryPiece, HistoryWindow, Merged, NextPage, Op,
    PullPage, PullRequest, SnapshotError, SnapshotPage, SnapshotReader, SyncHeads, SyncHistory,
    SyncStore, TableSet,
};

use crate::State;
use crate::database::Database;

/// Logs and rows in the main database.
struct LibsqlSyncStore {
    database: Database,
}

impl State {
    /// The port through which clients write and read changes.
    pub fn sync_store(&self) -> Arc<dyn SyncStore> {
        Arc::new(LibsqlSyncStore {
            database: self.main(),
        })
    }

    /// The port that says how far workspaces have come.
    pub fn sync_heads(&self) -> Arc<dyn SyncHeads> {
        Arc::new(LibsqlSyncStore {
            database: self.main(),
        })
    }

    /// The port that forgets what every device has.
    pub fn sync_history(&self) -> Arc<dyn SyncHistory> {
        Arc::new(LibsqlSyncStore {
            database: self.main(),
        })
    }
}

#[async_trait]
impl SyncStore for LibsqlSyncStore {
    async fn push(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        ops: &[Op],
        now: Timestamp,
    ) -> Result<Merged, StoreError> {
        push::push(&self.database, workspace, user, ops, now).await
    }

    async fn pull(&self, request: &PullRequest) -> Result<PullPage, StoreError> {
        pull::pull(&self.database, request).await
    }

    async fn start_snapshot(
        &self,
        id: &str,
        reader: &SnapshotReader,
        tables: TableSet,
        now: Timestamp,
    ) -> Result<SnapshotPage, StoreError> {
        snapshot::start(&self.database, id, reader, tables, now).await
    }

    async fn snapshot_page(
        &self,
        page: &NextPage,
        reader: &SnapshotReader,
        now: Timestamp,
    ) -> Result<SnapshotPage, SnapshotError> {
        snapshot::next(&self.database, page, reader, now).await
    }

    async fn update_cursor(
        &self,
        report: &CursorReport,
        now: Timestamp,
    ) -> Result<(), CursorError> {
        cursor::update(&self.database, report, now).await
    }
}

#[async_trait]
impl SyncHeads for LibsqlSyncStore {
    async fn heads(
        &self,
        workspaces: &[WorkspaceId],
    ) -> Result<Vec<(WorkspaceId, i64)>, StoreError> {
        heads::heads(&self.database, workspaces).await
    }
}

#[async_trait]
impl SyncHistory for LibsqlSyncStore {
    async fn next_workspace(
        &self,
        after: Option<&WorkspaceId>,
        history: History,
        window: HistoryWindow,
    ) -> Result<Option<WorkspaceId>, StoreError> {
        collect::next_workspace(&self.database, after, history, window).await
    }

    async fn collect(
        &self,
        history: History,
        piece: &HistoryPiece<'_>,
    ) -> Result<Done, StoreError> {
        collect::collect(&self.database, history, piece).await
    }

    async fn survey(
        &self,
        history: History,
        piece: &HistoryPiece<'_>,
    ) -> Result<Survey, StoreError> {
        collect::survey(&self.database, history, piece).await
    }
}
