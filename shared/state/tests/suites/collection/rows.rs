//! Rows that are over, one of each kind that is and one that is not yet.

use std::sync::Arc;
use std::time::Duration;

use or3_domain::access::Role;
use or3_domain::auth::{AccountStore, Email, NewAccount, NewSession, Origin, Rotation};
use or3_domain::clock::Timestamp;
use or3_domain::gc::{Collector, Kind, Run, Source};
use or3_domain::ids::{AccountId, SessionId, UserId, WorkspaceId};
use or3_domain::invite::NewInvite;
use or3_domain::limits::Policy;
use or3_domain::storage::{ContentHash, Reservation};
use or3_domain::sync::{
    Fingerprint, NextPage, Op, Operation, Revision, SnapshotReader, Table, TableSet,
};
use or3_state::{KeptAfter, State};
use or3_testkit::{collect_pass, seed_workspace, survey_pass};

use crate::place::Place;

const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);
const HOUR: Duration = Duration::from_hours(1);
const KEPT: KeptAfter = KeptAfter {
    invites: Duration::from_hours(48),
    runs: Duration::from_hours(72),
};

fn collectors(state: &State) -> Vec<Arc<dyn Collector>> {
    state.row_collectors(KEPT)
}

/// Asks `fact` of a local file and of a server.
async fn everywhere(fact: impl AsyncFn(&State)) {
    let places = [Place::file().await, Place::server().await];
    for place in places.into_iter().flatten() {
        fact(&place.state).await;
    }
}

fn collector(state: &State, kind: Kind) -> Arc<dyn Collector> {
    let found = collectors(state).into_iter().find(|one| one.kind() == kind);
    found.expect("a collector")
}

async fn surveyed(collector: &dyn Collector, now: Timestamp) -> Vec<String> {
    let found = survey_pass(collector, now, 2).await;
    found.into_iter().map(|found| found.name).collect()
}

async fn collected(collector: &dyn Collector, now: Timestamp) -> u64 {
    collect_pass(collector, now, 2).await.removed
}

/// Nothing goes a moment before `end`; then what was named goes, once.
async fn goes_at(state: &State, kind: Kind, end: Timestamp, count: usize) -> Vec<String> {
    let collector = collector(state, kind);
    let before = end.minus(Duration::from_millis(1));
    assert_eq!(
        surveyed(&*collector, before).await.len(),
        0,
        "{kind} too early"
    );
    assert_eq!(collected(&*collector, before).await, 0, "{kind} too early");
    let names = surveyed(&*collector, end).await;
    assert_eq!(names.len(), count, "{kind}: {names:?}");
    let removed = collected(&*collector, end).await;
    assert_eq!(usize::try_from(removed), Ok(count), "{kind}");
    assert_eq!(collected(&*collector, end).await, 0, "{kind} twice");
    assert_eq!(
        surveyed(&*collector, end).await.len(),
        0,
        "{kind} still there"
    );
    names
}

fn session(id: &str, expires_at: Timestamp) -> NewSession {
    NewSession {
        id: SessionId::new(id),
        account: AccountId::new("ada"),
        token_version: 0,
        refresh_hash: format!("hash of {id}"),
        created_at: NOW,
        expires_at,
        origin: Origin::default(),
    }
}

async fn account(accounts: &dyn AccountStore) {
    let account = NewAccount {
        id: AccountId::new("ada"),
        email: Email::normalized("ada@example.test"),
        password_hash: "hash".to_owned(),
        display_name: None,
        created_at: NOW,
    };
    let registered = accounts.register(&account, None, None).await;
    registered.expect("registered");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_go_at_their_end() {
    everywhere(async |state| {
        let accounts = state.accounts();
        account(&*accounts).await;
        for number in 0..5 {
            let session = session(&format!("short {number}"), NOW.plus(HOUR));
            assert!(accounts.open_session(&session, None).await.expect("opened"));
        }
        let long = session("long", NOW.plus(HOUR * 2));
        assert!(accounts.open_session(&long, None).await.expect("opened"));
        goes_at(state, Kind::Sessions, NOW.plus(HOUR), 5).await;
        goes_at(state, Kind::Sessions, NOW.plus(HOUR * 2), 1).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sealed_tokens_go_with_their_grace_and_replays_stay_known() {
    everywhere(async |state| {
        let accounts = state.accounts();
        account(&*accounts).await;
        let first = session("first", NOW.plus(HOUR));
        assert!(accounts.open_session(&first, None).await.expect("opened"));
        let rotation = Rotation {
            session: SessionId::new("first"),
            presented_hash: "hash of first".to_owned(),
            grace_until: NOW.plus(Duration::from_secs(30)),
            successor: session("second", NOW.plus(HOUR)),
            sealed: "sealed".to_owned(),
        };
        accounts.rotate(&rotation).await.expect("rotated");
        goes_at(state, Kind::RotationGrace, rotation.grace_until, 1).await;
        let again = Rotation {
            successor: session("third", NOW.plus(HOUR)),
            ..rotation
        };
        let chain = accounts.rotate(&again).await.expect("answered").chain;
        assert_eq!(chain[0].sealed, None);
        assert_eq!(chain[0].replaced_by, Some(SessionId::new("second")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn counted_requests_go_with_their_window() {
    everywhere(async |state| {
        let limiter = state.rate_limiter();
        let policy = Policy::per_minute("test", 9);
        for _ in 0..5 {
            let admitted = limiter.admit("ada", &policy, NOW).await;
            admitted.expect("answered");
        }
        let end = NOW.plus(Duration::from_mins(1));
        let names = goes_at(state, Kind::RateLimits, end, 5).await;
        assert_eq!(names, ["test"; 5], "nobody is named");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invites_go_a_while_after_their_end() {
    everywhere(async |state| {
        seed_workspace(&*state.sessions(), "ws").await;
        for id in ["a", "b", "c"] {
            let invite = NewInvite {
                id: id.to_owned(),
                workspace: WorkspaceId::new("ws"),
                email: Email::normalized("eve@example.test"),
                role: Role::Editor,
                token_hash: id.to_owned(),
                invited_by: UserId::new("owner-of-ws"),
                created_at: NOW,
                expires_at: NOW.plus(HOUR),
            };
            state.invites().create(&invite).await.expect("created");
        }
        let end = NOW.plus(HOUR).plus(KEPT.invites);
        let names = goes_at(state, Kind::Invites, end, 3).await;
        assert_eq!(names, ["a", "b", "c"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reservations_go_an_hour_after_their_url() {
    everywhere(async |state| {
        seed_workspace(&*state.sessions(), "ws").await;
        for number in 0..3 {
            let reservation = Reservation {
                hash: ContentHash::Md5([number; 16]),
                size_bytes: 1,
                expires_at: NOW.plus(HOUR),
            };
            let ws = WorkspaceId::new("ws");
            let files = state.file_index();
            let held = files.reserve(&ws, &reservation, 100, NOW).await;
            held.expect("reserved");
        }
        let end = NOW.plus(HOUR * 2);
        let names = goes_at(state, Kind::UploadIntents, end, 3).await;
        assert_eq!(names[0], format!("ws/{}", "00".repeat(16)));
    })
    .await;
}

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

#[tokio::test(flavor = "multi_thread")]
async fn records_of_collections_go_in_their_time() {
    everywhere(async |state| {
        let ledger = state.gc_ledger();
        for id in ["a", "b", "c"] {
            let run = Run::new(id.to_owned(), Source::Schedule, false, NOW);
            ledger.begin(&run, &[], NOW, NOW).await.expect("begun");
        }
        let names = goes_at(state, Kind::Runs, NOW.plus(KEPT.runs), 3).await;
        assert_eq!(names, ["a", "b", "c"]);
    })
    .await;
}

#[tokio::test]
async fn every_kind_of_row_has_one_collector() {
    let place = Place::file().await.expect("a place");
    let mut kinds: Vec<_> = collectors(&place.state)
        .iter()
        .map(|one| one.kind())
        .collect();
    let count = kinds.len();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), count);
}
