//! Sessions, rotations, counted requests and invites.

use std::time::Duration;

use or3_domain::access::Role;
use or3_domain::auth::{AccountStore, Email, NewAccount, NewSession, Origin, Rotation};
use or3_domain::clock::Timestamp;
use or3_domain::gc::Kind;
use or3_domain::ids::{AccountId, SessionId, UserId, WorkspaceId};
use or3_domain::invite::NewInvite;
use or3_domain::limits::Policy;
use or3_testkit::seed_workspace;

use super::{HOUR, KEPT, NOW, everywhere, goes_at};

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
                invited_by: UserId::new("owner-of-ws").into(),
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
