//! What every [`AdminCredentials`] does (auth contract, 10.5), one function a fact. Each takes an
//! empty store.
#![expect(
    clippy::missing_panics_doc,
    reason = "a fact that does not hold is a panic"
)]

use std::sync::Arc;

use futures_util::future::join_all;
use or3_domain::admin::{AdminCredential, AdminCredentials};

use crate::people::START;

/// A store without rows.
pub type Credentials = Arc<dyn AdminCredentials>;

fn credential(username: &str) -> AdminCredential {
    AdminCredential {
        username: username.to_owned(),
        password_hash: format!("hash of {username}"),
    }
}

/// However many keep a first credential at once, one stands, and all hear which.
pub async fn one_credential_is_kept_whoever_comes_first(store: Credentials) {
    assert!(store.load().await.expect("answered").is_none());
    let names: Vec<_> = (0..10).map(|number| format!("root {number}")).collect();
    let keeps = names.iter().map(async |name| {
        let kept = store.keep(&credential(name), START).await;
        kept.expect("kept").username
    });
    let mut kept = join_all(keeps).await;
    kept.dedup();
    assert_eq!(kept.len(), 1);
    let stands = store.load().await.expect("answered").expect("one");
    assert_eq!(stands.username, kept[0]);
    assert_eq!(stands.password_hash, format!("hash of {}", kept[0]));
}

/// A hash is replaced by who knows the one that stands; of several at once one does.
pub async fn a_hash_is_replaced_only_while_it_stands(store: Credentials) {
    let replaced = store.replace("hash of root", "new", START).await;
    assert!(!replaced.expect("answered"), "there is none");
    store.keep(&credential("root"), START).await.expect("kept");
    let changes = (0..8).map(|number| {
        let store = Arc::clone(&store);
        async move {
            let new = format!("new {number}");
            let replaced = store.replace("hash of root", &new, START).await;
            replaced.expect("answered")
        }
    });
    let done = join_all(changes).await;
    assert_eq!(done.iter().filter(|done| **done).count(), 1);
    let stands = store.load().await.expect("answered").expect("one");
    let won = done.iter().position(|done| *done).expect("one");
    assert_eq!(stands.password_hash, format!("new {won}"));
    assert_eq!(stands.username, "root");
}
