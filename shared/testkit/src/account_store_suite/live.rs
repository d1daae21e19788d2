//! The sessions of an account that live, and their ends.

use std::time::Duration;

use or3_domain::auth::{LiveSession, Registered};
use or3_domain::ids::{AccountId, SessionId};

use super::{Store, register};
use crate::people::{START, account, rotation, session};

async fn live(store: &Store, name: &str) -> Vec<LiveSession> {
    let live = store.live_sessions(&AccountId::new(name), START).await;
    live.expect("answered")
}

async fn live_ids(store: &Store, name: &str) -> Vec<String> {
    let live = live(store, name).await.into_iter();
    live.map(|session| session.id.into_string()).collect()
}

/// Whether the account has or had the session.
async fn end(store: &Store, name: &str, id: &str) -> bool {
    let (account, session) = (AccountId::new(name), SessionId::new(id));
    let ended = store.end_session(&account, &session, START).await;
    ended.expect("answered")
}

/// The list has the living rows, the last renewed first, and keeps when the password was given.
pub async fn a_session_is_listed_until_it_ends_through_its_rotations(store: Store) {
    register(&store, "ada").await;
    let mut phone = session("phone", "ada");
    phone.created_at = START.plus(Duration::from_mins(1));
    phone.origin.user_agent = Some("a phone".to_owned());
    store.open_session(&phone, None).await.expect("answered");
    assert_eq!(live_ids(&store, "ada").await, ["phone", "first"]);
    let mut renewal = rotation("first", "second", "ada");
    renewal.successor.created_at = START.plus(Duration::from_mins(2));
    store.rotate(&renewal).await.expect("answered");
    let [laptop, phone] = live(&store, "ada").await.try_into().expect("two");
    assert_eq!((laptop.id.as_str(), phone.id.as_str()), ("second", "phone"));
    assert_eq!(laptop.signed_in_at, START);
    assert_eq!(laptop.renewed_at, START.plus(Duration::from_mins(2)));
    assert_eq!(phone.origin.user_agent.as_deref(), Some("a phone"));
    let over = START.plus(Duration::from_hours(1));
    let ada = AccountId::new("ada");
    let left = store.live_sessions(&ada, over).await.expect("answered");
    assert_eq!(left.len(), 0);
}

/// An id that was read before a rotation still ends the session; nobody ends another's.
pub async fn a_session_ends_under_any_of_its_ids(store: Store) {
    register(&store, "ada").await;
    for (from, to) in [("first", "second"), ("second", "third")] {
        let renewal = rotation(from, to, "ada");
        store.rotate(&renewal).await.expect("answered");
    }
    let other = session("other", "ada");
    store.open_session(&other, None).await.expect("answered");
    assert!(!end(&store, "bob", "first").await);
    assert!(!end(&store, "ada", "none").await);
    assert_eq!(live_ids(&store, "ada").await, ["other", "third"]);
    for _ in 0..2 {
        assert!(end(&store, "ada", "first").await);
        assert_eq!(live_ids(&store, "ada").await, ["other"]);
    }
}

/// Signing out ends a session through its rotations, whichever of its ids is named; no other ends.
pub async fn signing_out_ends_what_rotation_made(store: Store) {
    register(&store, "ada").await;
    for id in ["other", "third"] {
        let opened = store.open_session(&session(id, "ada"), None).await;
        assert!(opened.expect("answered"));
    }
    for (from, to) in [("first", "second"), ("third", "fourth")] {
        let renewal = rotation(from, to, "ada");
        store.rotate(&renewal).await.expect("answered");
    }
    assert_eq!(live_ids(&store, "ada").await, ["fourth", "other", "second"]);
    let (ada, bob) = (AccountId::new("ada"), AccountId::new("bob"));
    let named = ["first", "third", "none"].map(SessionId::new);
    store.revoke(&bob, &named, START).await.expect("answered");
    assert_eq!(live_ids(&store, "ada").await, ["fourth", "other", "second"]);
    store.revoke(&ada, &named, START).await.expect("answered");
    assert_eq!(live_ids(&store, "ada").await, ["other"]);
}

/// Every session ends but the one that is kept, and those of other accounts.
pub async fn all_other_sessions_end(store: Store) {
    register(&store, "ada").await;
    let (bob, bobs) = (account("bob"), session("bob's", "bob"));
    let registered = store.register(&bob, Some(&bobs), None).await;
    assert_eq!(registered.expect("stored"), Registered::Created);
    for id in ["second", "third"] {
        let opened = store.open_session(&session(id, "ada"), None).await;
        assert!(opened.expect("answered"));
    }
    let (ada, kept) = (AccountId::new("ada"), SessionId::new("second"));
    for ended in [2, 0] {
        let count = store.end_other_sessions(&ada, &kept, START).await;
        assert_eq!(count.expect("answered"), ended);
    }
    assert_eq!(live_ids(&store, "ada").await, ["second"]);
    assert_eq!(live_ids(&store, "bob").await, ["bob's"]);
}
