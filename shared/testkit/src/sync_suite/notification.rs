//! The one table with owners (sync contract, 10).

use or3_domain::sync::{NextPage, Op, Operation, Table, TableSet};

use super::{Home, START, SyncPorts, keys, op, put, versions};

fn note(operation: Operation, clock: i64, number: u32) -> Op {
    op(operation, Table::Notifications, "no-1", clock, number)
}

/// Others see neither the entry nor a gap that they could not pass.
pub async fn only_the_owner_pulls_a_notification(ports: SyncPorts) {
    let alice = ports.home("ws").await;
    let bob = alice.of("bob");
    alice
        .push(&[note(Operation::Put, 1, 1), put("k", 1, 2)])
        .await;
    alice.push(&[note(Operation::Delete, 2, 3)]).await;
    assert_eq!(
        keys(&alice.pull(0, 10).await),
        [(1, "no-1"), (2, "k"), (3, "no-1")]
    );
    let page = bob.pull(0, 10).await;
    assert_eq!((keys(&page), page.next_cursor), (vec![(2, "k")], 3));
    let hidden = bob.pull(0, 1).await;
    assert_eq!(
        (hidden.changes.len(), hidden.next_cursor, hidden.has_more),
        (0, 1, true)
    );
}

/// Not in the snapshots of others either, live or deleted.
pub async fn only_the_owner_finds_it_in_a_snapshot(ports: SyncPorts) {
    let alice = ports.home("ws").await;
    alice
        .push(&[note(Operation::Put, 1, 1), put("k", 1, 2)])
        .await;
    assert_eq!(
        (items(&alice, "a").await, items(&alice.of("bob"), "b").await),
        (2, 1)
    );
    alice.push(&[note(Operation::Delete, 2, 3)]).await;
    assert_eq!(
        (items(&alice, "c").await, items(&alice.of("bob"), "d").await),
        (2, 1)
    );
}

async fn items(home: &Home, id: &str) -> usize {
    let reader = home.reader(10);
    let page = home
        .ports
        .store
        .start_snapshot(id, &reader, TableSet::ALL, START);
    page.await.expect("a snapshot").items.len()
}

/// Nor is the state of one that is overtaken while somebody else reads a snapshot.
pub async fn what_a_push_overtakes_is_kept_for_its_owner_only(ports: SyncPorts) {
    let alice = ports.home("ws").await;
    let bob = alice.of("bob");
    let post = op(Operation::Put, Table::Posts, "p", 1, 3);
    alice
        .push(&[put("k", 1, 1), note(Operation::Put, 1, 2), post])
        .await;
    for (home, id, wanted) in [(&alice, "a", 2), (&bob, "b", 1)] {
        let reader = home.reader(1);
        let store = &ports.store;
        let first = store.start_snapshot(id, &reader, TableSet::ALL, START);
        let after = first.await.expect("a snapshot").items[0].key.clone();
        let number = if id == "a" { 4 } else { 5 };
        alice
            .push(&[note(Operation::Put, i64::from(number), number)])
            .await;
        let next = NextPage {
            id: id.to_owned(),
            after,
            tables: None,
        };
        let rest = store.snapshot_page(&next, &home.reader(9), START).await;
        assert_eq!(rest.expect("a page").items.len(), wanted, "{id}");
    }
}

/// Nobody takes over, deletes, or learns anything of a foreign notification.
pub async fn others_can_neither_write_nor_delete_it(ports: SyncPorts) {
    let alice = ports.home("ws").await;
    let bob = alice.of("bob");
    alice.push(&[note(Operation::Put, 1, 1)]).await;
    let attempts = [
        note(Operation::Put, 9, 2),
        note(Operation::Delete, 9, 3),
        put("k", 1, 4),
    ];
    let refused = bob.push(&attempts).await;
    assert_eq!((versions(&refused), refused.head), (vec![0, 0, 2], 2));
    assert_eq!(
        versions(&bob.push(&[note(Operation::Delete, 9, 3)]).await),
        [0],
        "again"
    );
}

/// There is nothing to own.
pub async fn a_notification_that_never_was_cannot_be_deleted(ports: SyncPorts) {
    let alice = ports.home("ws").await;
    let refused = alice.push(&[note(Operation::Delete, 1, 1)]).await;
    assert_eq!((versions(&refused), refused.head), (vec![0], 0));
    assert_eq!(alice.pull(0, 10).await.changes, []);
}
