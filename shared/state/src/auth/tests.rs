//! What takes a look behind the ports: failures in the middle of a batch, and rows that no port
//! of this build writes.

use std::time::Duration;

use or3_domain::access::Role;
use or3_domain::auth::{Email, FreshIds, Home, Identity, PROVIDER, PresentedInvite};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::invite::{InviteStatus, NewInvite};
use or3_domain::store::StoreError;
use or3_settings::Database;
use tempfile::TempDir;

use crate::State;
use crate::statement::Statement;

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

async fn state() -> (State, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::file(folder.path().join("or3.db"), 1);
    State::migrate(&database, NOW).await.expect("a new file");
    (State::open(&database).expect("a migrated file"), folder)
}

fn of(name: &str) -> (Identity, FreshIds) {
    let identity = Identity {
        provider: PROVIDER,
        provider_user_id: format!("account of {name}"),
        email: Some(format!("{name}@example.test")),
        display_name: None,
    };
    let fresh = FreshIds {
        user: UserId::new(name),
        workspace: WorkspaceId::new(format!("home of {name}")),
    };
    (identity, fresh)
}

async fn provision(state: &State, name: &str) -> Home {
    let (identity, fresh) = of(name);
    let home = state.sessions().provision(&identity, &fresh, NOW).await;
    home.expect("provisioned")
}

async fn accept(state: &State, home: &Home, name: &str) -> Result<Option<Home>, StoreError> {
    let (identity, fresh) = of(name);
    let presented = PresentedInvite {
        workspace: &home.workspace.id,
        email: &Email::normalized(&format!("{name}@example.test")),
        token_hash: "digest",
    };
    let sessions = state.sessions();
    sessions
        .accept_invite(presented, &identity, &fresh, NOW)
        .await
}

async fn run(state: &State, sql: &'static str) {
    let done = state.main().execute(Statement::new(sql)).await;
    done.expect(sql);
}

/// A trigger that fails each of the statements that an acceptance makes.
const FAILURES: [(&str, &str); 5] = [
    (
        "CREATE TRIGGER failure BEFORE INSERT ON users BEGIN SELECT RAISE(ABORT, 'user'); END",
        "user",
    ),
    (
        "CREATE TRIGGER failure BEFORE INSERT ON auth_accounts BEGIN SELECT RAISE(ABORT, 'map'); END",
        "map",
    ),
    (
        "CREATE TRIGGER failure BEFORE INSERT ON workspace_members BEGIN SELECT RAISE(ABORT, 'join'); END",
        "join",
    ),
    (
        "CREATE TRIGGER failure BEFORE UPDATE ON users BEGIN SELECT RAISE(ABORT, 'activate'); END",
        "activate",
    ),
    (
        "CREATE TRIGGER failure BEFORE UPDATE ON auth_invites BEGIN SELECT RAISE(ABORT, 'mark'); END",
        "mark",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_at_any_step_of_an_acceptance_leaves_nothing() {
    let (state, _folder) = state().await;
    let ada = provision(&state, "ada").await;
    let invite = NewInvite {
        id: "invite".to_owned(),
        workspace: ada.workspace.id.clone(),
        email: Email::normalized("eve@example.test"),
        role: Role::Editor,
        invited_by: ada.user.clone().into(),
        token_hash: "digest".to_owned(),
        created_at: NOW,
        expires_at: NOW.plus(Duration::from_hours(1)),
    };
    let (invites, owner) = (state.invites(), ada.user.clone().into());
    invites.create(&invite).await.expect("created");
    for (trigger, step) in FAILURES {
        run(&state, trigger).await;
        let failed = accept(&state, &ada, "eve").await;
        assert!(matches!(failed, Err(StoreError::Fault(_))), "{step}");
        run(&state, "DROP TRIGGER failure").await;
        let known = state.sessions().known(&of("eve").0).await;
        assert_eq!(known.expect("answered"), None, "{step}");
        let listed = invites.list(&ada.workspace.id, &owner, None, 10, NOW);
        let status = listed.await.expect("listed").remove(0).status;
        assert_eq!(status, InviteStatus::Pending, "{step}");
    }
    let accepted = accept(&state, &ada, "eve").await.expect("answered");
    assert_eq!(accepted.expect("a place").role, Role::Editor);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_of_administration_shows_in_the_next_session() {
    let (state, _folder) = state().await;
    assert!(!provision(&state, "ada").await.deployment_admin);
    run(
        &state,
        "INSERT INTO admin_users (user_id, created_at) VALUES ('ada', 0)",
    )
    .await;
    assert!(provision(&state, "ada").await.deployment_admin);
    run(&state, "DELETE FROM admin_users WHERE user_id = 'ada'").await;
    assert!(!provision(&state, "ada").await.deployment_admin);
}
