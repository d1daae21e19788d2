//! The store under test, in a file of its own.

use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::sync::{
    ItemState, Merged, PullRequest, Revision, SnapshotItem, SnapshotReader, TableSet,
};
use or3_settings::Database;
use or3_state::State;
use or3_testkit::seed_workspace;
use tempfile::TempDir;

use crate::{Batch, NOW, USERS, WORKSPACES};

pub(crate) struct Real {
    state: State,
    _folder: TempDir,
}

impl Real {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Database::file(folder.path().join("or3.db"), 1);
        State::migrate(&settings, NOW)
            .await
            .expect("an empty database");
        let state = State::open(&settings).expect("a migrated database");
        for workspace in WORKSPACES {
            seed_workspace(&*state.sessions(), workspace).await;
        }
        Self {
            state,
            _folder: folder,
        }
    }

    pub(crate) async fn push(&self, batch: &Batch) -> Merged {
        let workspace = WorkspaceId::new(WORKSPACES[batch.workspace]);
        let user = UserId::new(USERS[batch.user]);
        let store = self.state.sync_store();
        store
            .push(&workspace, &user, &batch.ops, NOW)
            .await
            .expect("a push")
    }

    pub(crate) async fn log(&self, workspace: usize) -> Vec<(i64, String)> {
        let mut log = Vec::new();
        // Both users together see every entry.
        for user in USERS {
            let request = PullRequest {
                workspace: WorkspaceId::new(WORKSPACES[workspace]),
                user: UserId::new(user),
                cursor: 0,
                limit: 1000,
                tables: TableSet::ALL,
                max_bytes: u32::MAX,
            };
            let page = self
                .state
                .sync_store()
                .pull(&request)
                .await
                .expect("a pull");
            log.extend(
                page.changes
                    .into_iter()
                    .map(|change| (change.version, change.revision.op_id)),
            );
        }
        log.sort();
        log.dedup();
        log
    }

    pub(crate) async fn items(
        &self,
        workspace: usize,
        user: &str,
        id: &str,
    ) -> Vec<(String, Revision, Option<String>)> {
        let reader = SnapshotReader {
            workspace: WorkspaceId::new(WORKSPACES[workspace]),
            user: UserId::new(user),
            page_size: 1000,
            max_bytes: u32::MAX,
        };
        let store = self.state.sync_store();
        let page = store
            .start_snapshot(id, &reader, TableSet::ALL, NOW)
            .await
            .expect("a snapshot");
        let item = |item: SnapshotItem| {
            let live = match item.state {
                ItemState::Row(payload) => Some(payload),
                ItemState::Tombstone(_) => None,
            };
            (
                format!("{}/{}", item.key.table.name(), item.key.pk),
                item.revision,
                live,
            )
        };
        page.items.into_iter().map(item).collect()
    }
}
