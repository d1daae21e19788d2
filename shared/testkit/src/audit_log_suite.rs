//! What every [`AuditLog`] does, one function a fact. Each takes an empty log.
#![expect(
    clippy::missing_panics_doc,
    reason = "a fact that does not hold is a panic"
)]

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use or3_domain::audit::{Action, AuditLog, Entry, NewEntry, verify};
use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;

use crate::people::START;

/// A log without entries.
pub type Log = Arc<dyn AuditLog>;

async fn write(log: &Log, action: Action, actor: &str, at: Timestamp) {
    let entry = NewEntry::new(at, action, actor);
    log.append(&entry).await.expect("written down");
}

async fn all(log: &Log) -> Vec<Entry> {
    log.oldest(0, 10_000).await.expect("listed")
}

async fn holds(log: &Log) -> u64 {
    let found = verify(&**log, None, || true).await.expect("looked at");
    assert_eq!(found.broken, None);
    assert!(found.complete);
    found.entries
}

/// An entry says what it was given, cut to a length that nobody can fill a disk with.
pub async fn an_entry_says_what_it_was_given(log: Log) {
    let endless = "x".repeat(5000);
    let entry = NewEntry::new(START, Action::MemberRole, "ada")
        .on("eve")
        .within(&WorkspaceId::new("ws"))
        .from(Some("192.0.2.1"))
        .saying(&endless);
    log.append(&entry).await.expect("written down");
    let found = all(&log).await.remove(0);
    assert_eq!((found.seq, found.at), (1, START));
    assert_eq!(
        (found.action.as_str(), found.actor.as_str()),
        ("member-role", "ada")
    );
    assert_eq!(found.target.as_deref(), Some("eve"));
    assert_eq!(found.workspace.as_deref(), Some("ws"));
    assert_eq!(found.ip_address.as_deref(), Some("192.0.2.1"));
    assert_eq!(found.detail.map(|detail| detail.len()), Some(320));
    assert_eq!(found.link, None);
}

/// However many write and seal at once, the entries are numbered without a gap and make one chain.
pub async fn writers_and_sealers_at_once_make_one_chain(log: Log) {
    let work = (0..10).map(async |number| {
        for round in 0..5 {
            let actor = format!("{number}-{round}");
            write(&log, Action::SignIn, &actor, START).await;
            log.seal(7).await.expect("sealed");
        }
    });
    join_all(work).await;
    while log.seal(7).await.expect("sealed").more {}
    let entries = all(&log).await;
    let numbers: Vec<_> = entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, (1..=50).collect::<Vec<_>>());
    assert!(entries.iter().all(|entry| entry.link.is_some()));
    assert_eq!(holds(&log).await, 50);
    let head = log.head().await.expect("answered");
    assert_eq!((head.base_seq, head.head_seq), (0, 50));
    assert_eq!(Some(head.head_link), entries[49].link);
}

/// Sealing takes a page at a time, says whether there is more, and does nothing twice.
pub async fn sealing_goes_page_by_page(log: Log) {
    for number in 0..5 {
        write(&log, Action::Grant, &number.to_string(), START).await;
    }
    let mut sealed = Vec::new();
    for _ in 0..4 {
        let page = log.seal(2).await.expect("sealed");
        sealed.push((page.entries, page.more));
    }
    assert_eq!(sealed, [(2, true), (2, true), (1, false), (0, false)]);
    let before = all(&log).await;
    assert_eq!(holds(&log).await, 5);
    assert_eq!(all(&log).await, before);
}

/// The newest come first, page by page, all or those of one action.
pub async fn the_newest_are_listed_first(log: Log) {
    for (number, action) in [
        Action::SignIn,
        Action::Grant,
        Action::SignIn,
        Action::Revoke,
    ]
    .into_iter()
    .enumerate()
    {
        write(&log, action, &number.to_string(), START).await;
    }
    let list = async |before, action, limit| {
        let found = log.newest(before, action, limit).await.expect("listed");
        found.into_iter().map(|entry| entry.seq).collect::<Vec<_>>()
    };
    assert_eq!(list(None, None, 3).await, [4, 3, 2]);
    assert_eq!(list(Some(2), None, 3).await, [1]);
    assert_eq!(list(None, Some(Action::SignIn), 9).await, [3, 1]);
    assert_eq!(list(Some(3), Some(Action::SignIn), 9).await, [1]);
}

/// Of what anybody can cause a thousand an hour are written down; everything else always is.
pub async fn a_flood_of_failures_is_written_down_up_to_its_bound(log: Log) {
    for _ in 0..1003 {
        write(&log, Action::SignInFailed, "", START).await;
    }
    write(&log, Action::SignIn, "ada", START).await;
    write(&log, Action::AdminSignInFailed, "", START).await;
    assert_eq!(all(&log).await.len(), 1002);
    let later = START.plus(Duration::from_hours(1));
    write(&log, Action::SignInFailed, "", later).await;
    assert_eq!(all(&log).await.len(), 1003);
}
