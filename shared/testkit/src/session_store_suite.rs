//! What every [`SessionStore`] does (auth contract, 7.3), one function a fact. Each takes empty
//! stores on the same rows.
#![expect(
    clippy::missing_panics_doc,
    reason = "a fact that does not hold is a panic"
)]

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use or3_domain::access::Role;
use or3_domain::auth::{AccountStore, Claimed, Home, Registered, SessionStore, Standing};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{AccountId, SessionId};
use or3_domain::workspace::WorkspaceStore;

use crate::people::{START, account, fresh, identity, rotation, session};

type Store = Arc<dyn SessionStore>;
type Accounts = Arc<dyn AccountStore>;

/// Session contexts without rows, and what they are made of.
pub struct Ports {
    /// The port that is looked at.
    pub store: Arc<dyn SessionStore>,
    /// The accounts behind it.
    pub accounts: Arc<dyn AccountStore>,
    /// The workspaces behind it.
    pub workspaces: Arc<dyn WorkspaceStore>,
}

async fn place(store: &Store, name: &str, tag: &str) -> Home {
    let home = store.provision(&identity(name), &fresh(tag), START).await;
    home.expect("provisioned")
}

async fn register(accounts: &Accounts, name: &str) {
    let (account, session) = (account(name), session("first", name));
    let registered = accounts.register(&account, Some(&session), None).await;
    assert_eq!(registered.expect("stored"), Registered::Created);
}

async fn standing_at(store: &Store, name: &str, now: Timestamp) -> Option<Standing> {
    let claimed = Claimed {
        session: &SessionId::new("first"),
        account: &AccountId::new(name),
        token_version: 0,
    };
    store.standing(claimed, now).await.expect("answered")
}

async fn standing(store: &Store, name: &str) -> Option<Standing> {
    standing_at(store, name, START).await
}

/// The first arrival makes a user and a workspace that they own; later ones find them.
pub async fn a_newcomer_gets_one_user_and_one_workspace(ports: Ports) {
    let Ports { store, .. } = ports;
    let first = place(&store, "ada", "1").await;
    assert_eq!(first.user.as_str(), "user 1");
    assert_eq!(first.workspace.id.as_str(), "workspace 1");
    assert_eq!(first.workspace.name, "My Workspace");
    assert_eq!((first.role, first.deployment_admin), (Role::Owner, false));
    assert_eq!(place(&store, "ada", "2").await, first);
}

/// Another identity, or the same one at another provider, is another user.
pub async fn every_identity_is_a_user_of_its_own(ports: Ports) {
    let Ports { store, .. } = ports;
    let ada = place(&store, "ada", "1").await;
    let bob = place(&store, "bob", "2").await;
    assert_ne!(ada.user, bob.user);
    let mut elsewhere = identity("ada");
    elsewhere.provider = "elsewhere";
    let elsewhere = store.provision(&elsewhere, &fresh("3"), START).await;
    assert_ne!(elsewhere.expect("provisioned").user, ada.user);
}

/// An identity is known from its first arrival on, with what was kept of it then; where it stands
/// is where its provisioning put it, until that is gone.
pub async fn an_identity_is_known_once_it_is_provisioned(ports: Ports) {
    let Ports {
        store, workspaces, ..
    } = ports;
    let ada = identity("ada");
    assert_eq!(store.known(&ada).await.expect("answered"), None);
    let home = place(&store, "ada", "1").await;
    let known = store.known(&ada).await.expect("answered").expect("a user");
    assert_eq!(known.user.id, home.user);
    assert_eq!(known.user.email.as_deref(), Some("ada@example.test"));
    assert_eq!(known.home, Some(home.clone()));
    let mut elsewhere = identity("ada");
    elsewhere.provider = "elsewhere";
    assert_eq!(store.known(&elsewhere).await.expect("answered"), None);
    let deleted = workspaces.delete(&home.workspace.id, &home.user, START);
    deleted.await.expect("deleted");
    let homeless = store.known(&ada).await.expect("answered").expect("a user");
    assert_eq!((homeless.user, homeless.home), (known.user, None));
}

/// Fifty first requests at once make one user and one workspace, and all succeed.
pub async fn fifty_newcomers_of_one_identity_are_one(ports: Ports) {
    let Ports { store, .. } = ports;
    let arrivals = (0..50).map(async |tag| place(&store, "ada", &tag.to_string()).await);
    let mut homes = join_all(arrivals).await;
    homes.dedup();
    assert_eq!(homes.len(), 1);
}

/// A session stands as soon as it is opened, without a user until one is provisioned.
pub async fn a_session_stands_before_and_after_provisioning(ports: Ports) {
    let Ports {
        store, accounts, ..
    } = ports;
    register(&accounts, "ada").await;
    let before = standing(&store, "ada").await.expect("a living session");
    assert_eq!((before.user, before.home), (None, None));
    assert_eq!(before.account.email, "ada@example.test");
    let home = place(&store, "ada", "1").await;
    let after = standing(&store, "ada").await.expect("a living session");
    assert_eq!(after.user.as_ref(), Some(&home.user));
    assert_eq!(after.home, Some(home));
}

/// What is signed out, over, of another account or of an older version does not stand.
pub async fn dead_sessions_do_not_stand(ports: Ports) {
    let Ports {
        store, accounts, ..
    } = ports;
    register(&accounts, "ada").await;
    assert!(standing(&store, "bob").await.is_none());
    let end = START.plus(Duration::from_hours(1));
    assert!(standing_at(&store, "ada", end).await.is_none());
    let older = Claimed {
        session: &SessionId::new("first"),
        account: &AccountId::new("ada"),
        token_version: 1,
    };
    assert!(
        store
            .standing(older, START)
            .await
            .expect("answered")
            .is_none()
    );
    let revoked = [SessionId::new("first")];
    accounts
        .revoke(&AccountId::new("ada"), &revoked, START)
        .await
        .expect("stored");
    assert!(standing(&store, "ada").await.is_none());
}

/// A rotation ends the standing of the old session at once.
pub async fn a_rotated_session_does_not_stand(ports: Ports) {
    let Ports {
        store, accounts, ..
    } = ports;
    register(&accounts, "ada").await;
    let rotation = rotation("first", "second", "ada");
    accounts.rotate(&rotation).await.expect("answered");
    assert!(standing(&store, "ada").await.is_none());
}

/// When the active workspace is gone the session has no home until it is provisioned again: in the
/// oldest other workspace, or else in a new one.
pub async fn a_home_that_is_gone_is_replaced(ports: Ports) {
    let Ports {
        store,
        accounts,
        workspaces,
    } = ports;
    register(&accounts, "ada").await;
    let first = place(&store, "ada", "1").await;
    let deleted = workspaces.delete(&first.workspace.id, &first.user, START);
    deleted.await.expect("deleted");
    let homeless = standing(&store, "ada").await.expect("a living session");
    assert_eq!(
        (homeless.user, homeless.home),
        (Some(first.user.clone()), None)
    );
    let second = place(&store, "ada", "2").await;
    assert_eq!(second.user, first.user);
    assert_eq!(second.workspace.id.as_str(), "workspace 2");
    assert!(second.authorization_revision > first.authorization_revision);
}
