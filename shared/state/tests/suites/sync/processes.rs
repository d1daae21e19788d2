//! Several processes on one file: what each would do alone still holds.

use std::collections::BTreeSet;

use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::sync::{Fingerprint, Op, Operation, Outcome, Revision, Table};
use or3_state::State;
use or3_testkit::seed_workspace;

use crate::place::in_folder;

const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);

fn op(number: u32) -> Op {
    Op {
        table: Table::Kv,
        operation: Operation::Put,
        pk: format!("k{}", number % 7),
        payload: Some(format!(r#"{{"n":{number}}}"#)),
        revision: Revision {
            clock: i64::from(number),
            hlc: "h".to_owned(),
            op_id: format!("00000000-0000-4000-8000-{number:012}"),
        },
        device_id: "dev".to_owned(),
        fingerprint: Fingerprint([0; 16]),
    }
}

async fn push(state: State, number: u32) -> i64 {
    let (workspace, user) = (WorkspaceId::new("ws"), UserId::new("alice"));
    let store = state.sync_store();
    let pushed = store.push(&workspace, &user, &[op(number)], NOW).await;
    match pushed.expect("a push").outcomes[0] {
        Outcome::Accepted { version, .. } => version,
        Outcome::Refused(ref refusal) => panic!("{refusal:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_one_file_number_without_a_gap() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = in_folder(folder.path());
    State::migrate(&settings, NOW)
        .await
        .expect("an empty database");
    let states = [(); 2].map(|()| State::open(&settings).expect("a migrated database"));
    seed_workspace(&*states[0].sessions(), "ws").await;
    let pushes = (1..=60).map(|number| {
        let state = states[usize::try_from(number % 2).expect("small")].clone();
        tokio::spawn(push(state, number))
    });
    let mut versions = BTreeSet::new();
    for push in pushes.collect::<Vec<_>>() {
        versions.insert(push.await.expect("no panic"));
    }
    assert_eq!(versions, (1..=60).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_op_that_another_process_took_is_known() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = in_folder(folder.path());
    State::migrate(&settings, NOW)
        .await
        .expect("an empty database");
    let first = State::open(&settings).expect("a migrated database");
    seed_workspace(&*first.sessions(), "ws").await;
    assert_eq!(push(first.clone(), 1).await, 1);
    drop(first);
    let restarted = State::open(&settings).expect("a migrated database");
    assert_eq!(push(restarted.clone(), 1).await, 1);
    assert_eq!(push(restarted, 2).await, 2);
}
