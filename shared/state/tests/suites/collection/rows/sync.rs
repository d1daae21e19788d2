//! Snapshots, and the states that are kept for them.

use or3_domain::gc::Kind;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::sync::{
    Fingerprint, NextPage, Op, Operation, Revision, SnapshotReader, Table, TableSet,
};
use or3_state::State;
use or3_testkit::seed_workspace;

use super::{HOUR, NOW, everywhere, goes_at};

#[tokio::test(flavor = "multi_thread")]
async fn snapshots_go_at_their_end() {
    everywhere(async |state| {
        seed_workspace(&*state.sessions(), "ws").await;
        let reader = SnapshotReader {
            workspace: WorkspaceId::new("ws"),
            user: UserId::new("owner-of-ws"),
            page_size: 1,
            max_bytes: 1,
        };
        for id in ["a", "b", "c"] {
            let store = state.sync_store();
            let started = store.start_snapshot(id, &reader, TableSet::ALL, NOW).await;
            started.expect("started");
        }
        let names = goes_at(state, Kind::Snapshots, NOW.plus(HOUR), 3).await;
        assert_eq!(names, ["a", "b", "c"]);
    })
    .await;
}

/// Pushes the next version of three rows.
async fn push(state: &State, round: u32) {
    let op = |row: u32| Op {
        table: Table::Kv,
        operation: Operation::Put,
        pk: format!("k{row}"),
        payload: Some("{}".to_owned()),
        revision: Revision {
            clock: i64::from(round),
            hlc: "h".to_owned(),
            op_id: format!("00000000-0000-4000-8000-{round:06}{row:06}"),
        },
        device_id: "dev".to_owned(),
        fingerprint: Fingerprint([0; 16]),
    };
    let (ws, user) = (WorkspaceId::new("ws"), UserId::new("owner-of-ws"));
    let (store, ops) = (state.sync_store(), [1, 2, 3].map(op));
    let pushed = store.push(&ws, &user, &ops, NOW).await;
    pushed.expect("pushed");
}

#[tokio::test(flavor = "multi_thread")]
async fn states_go_when_no_snapshot_looks_back_to_them() {
    everywhere(async |state| {
        seed_workspace(&*state.sessions(), "ws").await;
        let store = state.sync_store();
        let reader = SnapshotReader {
            workspace: WorkspaceId::new("ws"),
            user: UserId::new("owner-of-ws"),
            page_size: 1,
            max_bytes: 1,
        };
        push(state, 1).await;
        let half = NOW.plus(HOUR / 2);
        let old = store.start_snapshot("old", &reader, TableSet::ALL, NOW);
        old.await.expect("started");
        push(state, 2).await;
        let young = store.start_snapshot("young", &reader, TableSet::ALL, half);
        let young = young.await.expect("started");
        push(state, 3).await;

        let names = goes_at(state, Kind::SnapshotStates, NOW.plus(HOUR), 3).await;
        assert_eq!(
            names[0], r#"[1,1,"k1",3]"#,
            "only the old snapshot needed it"
        );
        let next = NextPage {
            id: "young".to_owned(),
            after: young.items[0].key.clone(),
            tables: None,
        };
        let page = store.snapshot_page(&next, &reader, NOW.plus(HOUR)).await;
        assert_eq!(page.expect("a page").items[0].revision.clock, 2);
        goes_at(state, Kind::SnapshotStates, half.plus(HOUR), 3).await;
    })
    .await;
}
