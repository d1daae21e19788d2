//! The recipe for a restored backup (docs/providers/sqlite.md), played as it stands there.

use std::path::Path;

use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::sync::{
    Fingerprint, Op, Operation, PullPage, PullRequest, Revision, SnapshotReader, Table, TableSet,
};
use or3_settings::Database;
use or3_testkit::seed_workspace;
use tempfile::TempDir;

use crate::State;
use crate::statement::Statement;

const GUIDE: &str = include_str!("../../../../docs/providers/sqlite.md");
const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// The statement that the guide gives for a restored copy.
fn recipe() -> Statement {
    let (_, restoring) = GUIDE
        .split_once("## Backup and restore")
        .expect("a section");
    let (_, block) = restoring.split_once("```sql\n").expect("a block of SQL");
    let (sql, _) = block.split_once("```").expect("its end");
    Statement::new(sql.trim().trim_end_matches(';').to_owned())
}

struct Home {
    settings: Database,
    folder: TempDir,
    state: State,
}

impl Home {
    async fn new(workspaces: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Database::file(folder.path().join("or3.db"), 1);
        State::migrate(&settings, NOW).await.expect("migrated");
        let state = State::open(&settings).expect("opened");
        for workspace in workspaces {
            seed_workspace(&*state.sessions(), workspace).await;
        }
        Self {
            settings,
            folder,
            state,
        }
    }

    /// Stops, lets `change` have the database and the place of its copy, and starts again.
    fn meanwhile(&mut self, change: impl FnOnce(&Path, &Path)) {
        self.state.close();
        let file = |name: &str| self.folder.path().join(name);
        change(&file("or3.db"), &file("copy.db"));
        self.state = State::open(&self.settings).expect("opened");
    }

    fn back_up(&mut self) {
        self.meanwhile(|database, copy| {
            std::fs::copy(database, copy).expect("copied");
        });
    }

    async fn restore(&mut self) {
        self.meanwhile(|database, copy| {
            std::fs::copy(copy, database).expect("copied");
        });
        let played = self.state.main().execute(recipe()).await;
        played.expect("the recipe");
    }

    /// Pushes `ops` puts and gives the head.
    async fn push(&self, workspace: &str, ops: std::ops::Range<u32>) -> i64 {
        let ops: Vec<_> = ops.map(put).collect();
        let store = self.state.sync_store();
        let (workspace, user) = (WorkspaceId::new(workspace), UserId::new("alice"));
        let pushed = store.push(&workspace, &user, &ops, NOW).await;
        pushed.expect("a push").head
    }

    async fn pull(&self, workspace: &str, cursor: i64) -> PullPage {
        let request = PullRequest {
            workspace: WorkspaceId::new(workspace),
            user: UserId::new("alice"),
            cursor,
            limit: 100,
            tables: TableSet::ALL,
            max_bytes: u32::MAX,
        };
        let store = self.state.sync_store();
        store.pull(&request).await.expect("a pull")
    }

    /// The version that a new snapshot looks back from, and how many rows it has.
    async fn snapshot(&self, workspace: &str) -> (i64, usize) {
        let reader = SnapshotReader {
            workspace: WorkspaceId::new(workspace),
            user: UserId::new("alice"),
            page_size: 100,
            max_bytes: u32::MAX,
        };
        let store = self.state.sync_store();
        let page = store
            .start_snapshot(workspace, &reader, TableSet::ALL, NOW)
            .await
            .expect("a snapshot");
        (page.watermark, page.items.len())
    }
}

fn put(number: u32) -> Op {
    let pk = format!("k{number}");
    let mut fingerprint = [0; 16];
    fingerprint[..4].copy_from_slice(&number.to_be_bytes());
    Op {
        table: Table::Kv,
        operation: Operation::Put,
        payload: Some(format!(r#"{{"id":"{pk}"}}"#)),
        pk,
        revision: Revision {
            clock: 1,
            hlc: "0mjuohs00:000:deva0001".to_owned(),
            op_id: format!("00000000-0000-4000-8000-{number:012}"),
        },
        device_id: "deva0001".to_owned(),
        fingerprint: Fingerprint(fingerprint),
    }
}

#[tokio::test]
async fn whoever_has_seen_what_a_restored_copy_lacks_is_told_to_take_a_snapshot() {
    let mut home = Home::new(&["written", "new"]).await;
    assert_eq!(home.push("written", 0..2).await, 2);
    home.back_up();
    assert_eq!(home.push("written", 2..4).await, 4);
    assert_eq!(home.push("new", 10..15).await, 5);
    home.restore().await;
    // Another device goes on; its versions must not be those that the first one has already.
    home.push("written", 20..23).await;
    home.push("new", 30..33).await;
    for (workspace, cursor, rows) in [("written", 4, 5), ("new", 5, 3)] {
        let page = home.pull(workspace, cursor).await;
        assert!(page.requires_snapshot(cursor), "{workspace}: {page:?}");
        let (watermark, found) = home.snapshot(workspace).await;
        assert_eq!(found, rows, "{workspace}");
        let page = home.pull(workspace, watermark).await;
        assert!(!page.requires_snapshot(watermark), "{workspace}");
    }
}
