//! What every [`AccountStore`] does (auth contract, 5.4 to 5.6), one function a fact. Each takes
//! an empty store.
#![expect(
    clippy::missing_panics_doc,
    reason = "a fact that does not hold is a panic"
)]

mod live;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use or3_domain::auth::{
    Account, AccountStore, Credential, Registered, Rehash, Rotated, SessionRow,
};
use or3_domain::ids::{AccountId, SessionId};

use crate::people::{START, account, email, rotation, session};
pub use live::{
    a_session_ends_under_any_of_its_ids, a_session_is_listed_until_it_ends_through_its_rotations,
    all_other_sessions_end, signing_out_ends_what_rotation_made,
};

/// A store without accounts.
pub type Store = Arc<dyn AccountStore>;

async fn register(store: &Store, name: &str) {
    let (account, session) = (account(name), session("first", name));
    let registered = store.register(&account, Some(&session), None).await;
    assert_eq!(registered.expect("stored"), Registered::Created);
}

async fn found(store: &Store, name: &str) -> Credential {
    let found = store.find(&AccountId::new(name)).await.expect("answered");
    found.expect("an account")
}

/// The rows from `id` on, read by a rotation that cannot happen.
async fn chain(store: &Store, id: &str) -> Vec<SessionRow> {
    let mut look = rotation(id, "never", "ada");
    "of no token".clone_into(&mut look.presented_hash);
    store.rotate(&look).await.expect("answered").chain
}

fn ids(rotated: &Rotated) -> Vec<&str> {
    let ids = rotated.chain.iter().map(|row| row.id.as_str());
    ids.collect()
}

/// Accounts are found by address and by id, and by nothing else.
pub async fn an_account_is_found_by_address_and_by_id(store: Store) {
    register(&store, "ada").await;
    let by_email = store.find_by_email(&email("ada")).await.expect("answered");
    let by_email = by_email.expect("an account");
    assert_eq!(by_email.password_hash, "hash of ada");
    assert_eq!(by_email.account, found(&store, "ada").await.account);
    assert_eq!(by_email.account.token_version, 0);
    let nobody = store.find_by_email(&email("bob")).await.expect("answered");
    assert!(nobody.is_none());
    let nobody = store.find(&AccountId::new("bob")).await.expect("answered");
    assert!(nobody.is_none());
}

/// A taken address changes nothing and opens no session.
pub async fn a_taken_address_registers_nobody(store: Store) {
    register(&store, "ada").await;
    let mut again = account("ada");
    again.id = AccountId::new("impostor");
    "another hash".clone_into(&mut again.password_hash);
    let second = session("second", "impostor");
    let registered = store.register(&again, Some(&second), None).await;
    assert_eq!(registered.expect("answered"), Registered::Taken);
    assert_eq!(found(&store, "ada").await.password_hash, "hash of ada");
    assert!(chain(&store, "second").await.is_empty());
}

/// An account whose session cannot be opened is not created either.
pub async fn a_registration_is_all_or_nothing(store: Store) {
    register(&store, "ada").await;
    let taken_id = session("first", "bob");
    let bob = account("bob");
    let registered = store.register(&bob, Some(&taken_id), None).await;
    assert!(registered.is_err());
    let bob = store.find(&AccountId::new("bob")).await.expect("answered");
    assert!(bob.is_none());
}

/// Of many registrations of one address exactly one succeeds, and none fails.
pub async fn one_of_many_registrations_of_an_address_wins(store: Store) {
    let registrations = (0..10).map(async |number| {
        let mut one = account("ada");
        one.id = AccountId::new(format!("ada {number}"));
        let session = session(&format!("session {number}"), one.id.as_str());
        store.register(&one, Some(&session), None).await
    });
    let outcomes = join_all(registrations).await;
    let outcomes: Vec<_> = outcomes.into_iter().map(|o| o.expect("answered")).collect();
    let created = outcomes.iter().filter(|o| **o == Registered::Created);
    assert_eq!(created.count(), 1);
    assert!(outcomes.iter().all(|o| *o != Registered::InviteRefused));
}

/// A rotation ends the old row, opens the new one and keeps the sealed token with the old.
pub async fn a_rotation_ends_the_old_row_and_opens_the_new_one(store: Store) {
    register(&store, "ada").await;
    let rotated = store.rotate(&rotation("first", "second", "ada")).await;
    let rotated = rotated.expect("answered");
    assert_eq!(ids(&rotated), ["first", "second"]);
    assert_eq!(
        rotated.account.map(|account| account.id),
        Some(AccountId::new("ada"))
    );
    let [old, new] = rotated.chain.try_into().expect("two rows");
    assert_eq!(old.revoked_at, Some(START));
    assert_eq!(old.replaced_by, Some(SessionId::new("second")));
    assert_eq!(old.grace_until, Some(START.plus(Duration::from_secs(30))));
    assert_eq!(old.sealed.as_deref(), Some("sealed token of second"));
    assert_eq!((new.revoked_at, new.replaced_by), (None, None));
    assert_eq!(new.refresh_hash, "hash of second");
}

/// The token of a rotated row rotates nothing: the rows are read, and nothing is inserted.
pub async fn a_rotated_token_inserts_nothing(store: Store) {
    register(&store, "ada").await;
    let first = rotation("first", "second", "ada");
    store.rotate(&first).await.expect("answered");
    let again = store.rotate(&rotation("first", "third", "ada")).await;
    assert_eq!(ids(&again.expect("answered")), ["first", "second"]);
    assert!(chain(&store, "third").await.is_empty());
}

/// A rotation that is asked for again, because its answer was lost, is the same rotation.
pub async fn a_repeated_rotation_is_the_same(store: Store) {
    register(&store, "ada").await;
    let rotation = rotation("first", "second", "ada");
    let once = store.rotate(&rotation).await.expect("answered");
    let twice = store.rotate(&rotation).await.expect("answered");
    assert_eq!(ids(&once), ["first", "second"]);
    assert_eq!(once.chain, twice.chain);
    assert_eq!(once.account, twice.account);
}

/// The chain of successors is read to its end.
pub async fn a_chain_of_successors_is_read_in_order(store: Store) {
    register(&store, "ada").await;
    for (from, to) in [("first", "second"), ("second", "third")] {
        store
            .rotate(&rotation(from, to, "ada"))
            .await
            .expect("answered");
    }
    let late = store.rotate(&rotation("first", "fourth", "ada")).await;
    assert_eq!(ids(&late.expect("answered")), ["first", "second", "third"]);
}

/// Of many rotations of one session exactly one makes a successor, and all see it.
pub async fn one_of_many_rotations_makes_the_successor(store: Store) {
    register(&store, "ada").await;
    let rotations = (0..20).map(async |number| {
        let rotation = rotation("first", &format!("successor {number}"), "ada");
        store.rotate(&rotation).await
    });
    let outcomes = join_all(rotations).await;
    let mut seen: Vec<_> = outcomes
        .into_iter()
        .map(|outcome| outcome.expect("answered").chain[1].id.clone())
        .collect();
    seen.dedup();
    assert_eq!(seen.len(), 1);
}

/// Neither another token, nor another account, nor an older token version rotates a session.
pub async fn only_the_own_token_of_the_current_version_rotates(store: Store) {
    register(&store, "ada").await;
    let mut other_token = rotation("first", "second", "ada");
    "another hash".clone_into(&mut other_token.presented_hash);
    let mut other_version = rotation("first", "second", "ada");
    other_version.successor.token_version = 1;
    for wrong in [
        &other_token,
        &other_version,
        &rotation("first", "second", "bob"),
    ] {
        let stands = store.rotate(wrong).await.expect("answered");
        assert_eq!(ids(&stands), ["first"]);
        assert_eq!(stands.chain[0].revoked_at, None);
    }
    let stands = store.rotate(&other_version).await.expect("answered");
    assert!(stands.account.is_none());
}

/// An overdue row is stamped and does not rotate.
pub async fn an_overdue_row_is_stamped_as_revoked(store: Store) {
    register(&store, "ada").await;
    let end = START.plus(Duration::from_hours(1));
    let mut late = rotation("first", "second", "ada");
    late.successor.created_at = end;
    let stands = store.rotate(&late).await.expect("answered");
    assert_eq!(ids(&stands), ["first"]);
    assert_eq!(stands.chain[0].revoked_at, Some(end));
}

/// Signing out ends the named sessions only, once.
pub async fn revoking_ends_the_named_sessions_only(store: Store) {
    register(&store, "ada").await;
    let second = session("second", "ada");
    assert!(store.open_session(&second, None).await.expect("stored"));
    let first = [SessionId::new("first"), SessionId::new("unknown")];
    let (ada, eve) = (AccountId::new("ada"), AccountId::new("eve"));
    store.revoke(&eve, &first, START).await.expect("stored");
    assert_eq!(chain(&store, "first").await[0].revoked_at, None, "not hers");
    for at in [START, START.plus(Duration::from_secs(9))] {
        store.revoke(&ada, &first, at).await.expect("stored");
    }
    assert_eq!(chain(&store, "first").await[0].revoked_at, Some(START));
    assert_eq!(chain(&store, "second").await[0].revoked_at, None);
}

/// Revoking all ends every session of the account and drops the kept tokens.
pub async fn revoking_all_ends_every_session_and_its_grace(store: Store) {
    register(&store, "ada").await;
    let first = rotation("first", "second", "ada");
    store.rotate(&first).await.expect("answered");
    let account = AccountId::new("ada");
    store.revoke_all(&account, START).await.expect("stored");
    let rows = chain(&store, "first").await;
    assert_eq!(rows.len(), 2);
    for row in rows {
        assert!(row.revoked_at.is_some());
        assert_eq!((row.grace_until, row.sealed), (None, None));
    }
    assert_eq!(found(&store, "ada").await.account.token_version, 0);
}

/// A new password voids all tokens and sessions, and only the first of two changes that were
/// decided on the same version happens.
pub async fn a_new_password_voids_everything_older(store: Store) {
    register(&store, "ada").await;
    let before: Account = found(&store, "ada").await.account;
    let change = |hash| store.change_password(&before, hash, START);
    assert!(change("new hash").await.expect("stored"));
    assert!(!change("newer hash").await.expect("stored"));
    let after = found(&store, "ada").await;
    assert_eq!(after.password_hash, "new hash");
    assert_eq!(after.account.token_version, 1);
    assert_eq!(chain(&store, "first").await[0].revoked_at, Some(START));
    let stale = session("stale", "ada");
    assert!(!store.open_session(&stale, None).await.expect("answered"));
    assert!(chain(&store, "stale").await.is_empty());
}

/// Signing in renews the hash that was verified, and no other.
pub async fn a_hash_is_renewed_only_if_it_is_the_verified_one(store: Store) {
    register(&store, "ada").await;
    let rehash = |old: &str| Rehash {
        old: old.to_owned(),
        new: "renewed hash".to_owned(),
    };
    let second = session("second", "ada");
    let opened = store
        .open_session(&second, Some(&rehash("hash of eve")))
        .await;
    assert!(opened.expect("stored"));
    assert_eq!(found(&store, "ada").await.password_hash, "hash of ada");
    let third = session("third", "ada");
    let opened = store
        .open_session(&third, Some(&rehash("hash of ada")))
        .await;
    assert!(opened.expect("stored"));
    assert_eq!(found(&store, "ada").await.password_hash, "renewed hash");
}
