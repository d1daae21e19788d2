//! States to look back to.

use std::time::Duration;

use or3_domain::meter;
use or3_domain::sync::{
    ItemKey, ItemState, NextPage, Operation, SnapshotError, SnapshotPage, SnapshotReader, Table,
    TableSet,
};

use super::{Home, START, SyncPorts, delete, op, put};

const HOUR: Duration = Duration::from_hours(1);

async fn start(home: &Home, id: &str, page_size: u32) -> SnapshotPage {
    let reader = home.reader(page_size);
    let page = home
        .ports
        .store
        .start_snapshot(id, &reader, TableSet::ALL, START);
    page.await.expect("a snapshot")
}

fn behind(page: &SnapshotPage) -> NextPage {
    NextPage {
        id: page.id.clone(),
        after: page.items.last().expect("an item").key.clone(),
        tables: None,
    }
}

async fn next(home: &Home, page: &SnapshotPage, page_size: u32) -> SnapshotPage {
    let page = home
        .ports
        .store
        .snapshot_page(&behind(page), &home.reader(page_size), START)
        .await;
    page.expect("a page")
}

fn content(page: &SnapshotPage) -> Vec<(&str, Option<&str>)> {
    page.items
        .iter()
        .map(|item| match &item.state {
            ItemState::Row(payload) => (item.key.pk.as_str(), Some(payload.as_str())),
            ItemState::Tombstone(_) => (item.key.pk.as_str(), None),
        })
        .collect()
}

/// Tables by name, keys by bytes, rows and tombstones together.
pub async fn items_are_ordered_by_table_and_key(ports: SyncPorts) {
    let home = ports.home("ws").await;
    let other = |table, number| op(Operation::Put, table, "x", 1, number);
    home.push(&[
        put("b", 1, 1),
        put("B", 1, 2),
        put("é", 1, 3),
        delete("a", 1, 4),
    ])
    .await;
    home.push(&[other(Table::Threads, 5), other(Table::FileMeta, 6)])
        .await;
    let page = start(&home, "s", 10).await;
    let order: Vec<_> = page
        .items
        .iter()
        .map(|item| (item.key.table.name(), &*item.key.pk))
        .collect();
    assert_eq!(
        order,
        [
            ("file_meta", "x"),
            ("kv", "B"),
            ("kv", "a"),
            ("kv", "b"),
            ("kv", "é"),
            ("threads", "x")
        ]
    );
    assert_eq!((page.watermark, page.has_more), (6, false));
}

/// However often and in whatever order a row is deleted, one tombstone is left: that of the newest.
pub async fn repeated_deletes_leave_one_tombstone_with_the_newest_revision(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("a", 1, 1), delete("a", 2, 2)]).await;
    let newest = START.plus(HOUR);
    home.push_at(&[delete("a", 4, 3)], newest).await;
    home.push_at(&[delete("a", 3, 4)], newest.plus(HOUR)).await;
    let page = start(&home, "s", 10).await;
    assert_eq!(page.items.len(), 1);
    let item = &page.items[0];
    assert_eq!(
        (item.revision.clock, &item.state),
        (4, &ItemState::Tombstone(newest))
    );
}

/// Updates, deletes, revivals and new rows after the capture do not show.
pub async fn pages_stay_frozen_while_pushes_go_on(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[
        put("a", 1, 1),
        put("b", 1, 2),
        put("c", 1, 3),
        delete("d", 1, 4),
        put("e", 1, 5),
    ])
    .await;
    let first = start(&home, "s", 1).await;
    home.push(&[
        put("b", 2, 11),
        delete("c", 2, 12),
        put("d", 2, 13),
        put("bb", 1, 14),
    ])
    .await;
    home.push(&[put("b", 3, 21), put("c", 3, 22), put("e", 0, 23)])
        .await;
    let rest = next(&home, &first, 10).await;
    assert_eq!(
        content(&rest),
        [
            ("b", Some(r#"{"id":"b","value":"2"}"#)),
            ("c", Some(r#"{"id":"c","value":"3"}"#)),
            ("d", None),
            ("e", Some(r#"{"id":"e","value":"5"}"#))
        ]
    );
    assert_eq!((rest.watermark, rest.has_more), (5, false));
    let later = start(&home, "t", 10).await;
    assert_eq!((later.watermark, later.items.len()), (12, 6));
}

/// Two snapshots in flight look back to different states of one row.
pub async fn snapshots_at_different_versions_do_not_mix(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("a", 1, 1), put("b", 1, 2)]).await;
    let old = start(&home, "old", 1).await;
    home.push(&[put("b", 2, 3)]).await;
    let new = start(&home, "new", 1).await;
    home.push(&[put("b", 3, 4)]).await;
    assert_eq!(
        content(&next(&home, &old, 9).await),
        [("b", Some(r#"{"id":"b","value":"2"}"#))]
    );
    assert_eq!(
        content(&next(&home, &new, 9).await),
        [("b", Some(r#"{"id":"b","value":"3"}"#))]
    );
}

/// Every item once, whatever the page size, and a page can be read again.
pub async fn pages_of_any_size_cover_every_item_once(ports: SyncPorts) {
    let home = ports.home("ws").await;
    let ops: Vec<_> = (0..7)
        .map(|number| put(&format!("k{number}"), 1, number))
        .collect();
    home.push(&ops).await;
    for size in 1..=8 {
        let mut page = start(&home, &format!("s{size}"), size).await;
        let mut seen = page.items.clone();
        while page.has_more {
            let again = next(&home, &page, size).await;
            page = next(&home, &page, size).await;
            assert_eq!(page, again);
            seen.extend(page.items.clone());
        }
        assert_eq!(seen.len(), 7, "{size}");
        assert!(seen.is_sorted_by_key(|item| item.key.clone()));
    }
}

/// Large rows end a page early; one item is always given.
pub async fn a_page_ends_at_its_bytes(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("a", 1, 1), put("b", 1, 2)]).await;
    let reader = SnapshotReader {
        max_bytes: 1,
        ..home.reader(10)
    };
    let page = ports
        .store
        .start_snapshot("s", &reader, TableSet::ALL, START)
        .await;
    let page = page.expect("a snapshot");
    assert_eq!((page.items.len(), page.has_more), (1, true));
}

/// Only the tables that the first page named; a repeated filter must be the same.
pub async fn a_filter_holds_for_the_whole_chain(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[
        put("a", 1, 1),
        op(Operation::Put, Table::Posts, "p", 1, 2),
        put("b", 1, 3),
    ])
    .await;
    let kv = TableSet::NONE.with(Table::Kv);
    let page = ports
        .store
        .start_snapshot("s", &home.reader(1), kv, START)
        .await
        .expect("a page");
    let repeated = |tables| NextPage {
        tables: Some(tables),
        ..behind(&page)
    };
    let rest = ports
        .store
        .snapshot_page(&repeated(kv), &home.reader(9), START)
        .await;
    assert_eq!(content(&rest.expect("a page")).len(), 1);
    let other = ports
        .store
        .snapshot_page(&repeated(TableSet::ALL), &home.reader(9), START)
        .await;
    assert!(
        matches!(other, Err(SnapshotError::FilterChanged)),
        "{other:?}"
    );
}

/// An hour from the first page, to the second.
pub async fn a_snapshot_is_over_after_an_hour(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("a", 1, 1), put("b", 1, 2)]).await;
    let page = start(&home, "s", 1).await;
    let at = |now| {
        let (ports, wanted, reader) = (ports.clone(), behind(&page), home.reader(1));
        async move { ports.store.snapshot_page(&wanted, &reader, now).await }
    };
    let last = START.plus(HOUR).minus(Duration::from_millis(1));
    assert!(at(last).await.is_ok());
    assert!(matches!(
        at(START.plus(HOUR)).await,
        Err(SnapshotError::Gone)
    ));
    start_at_the_end(&home).await;
    assert!(
        matches!(at(START).await, Err(SnapshotError::Gone)),
        "removed by the next one"
    );
}

async fn start_at_the_end(home: &Home) {
    let reader = home.reader(1);
    let page = home
        .ports
        .store
        .start_snapshot("t", &reader, TableSet::ALL, START.plus(HOUR));
    page.await.expect("a snapshot");
}

/// A token is worth nothing to others.
pub async fn a_snapshot_belongs_to_its_reader_and_workspace(ports: SyncPorts) {
    let (home, other) = (ports.home("ws").await, ports.home("other").await);
    home.push(&[put("a", 1, 1), put("b", 1, 2)]).await;
    let page = start(&home, "s", 1).await;
    for stranger in [home.of("bob"), other] {
        let read = ports
            .store
            .snapshot_page(&behind(&page), &stranger.reader(1), START)
            .await;
        assert!(matches!(read, Err(SnapshotError::Foreign)), "{read:?}");
    }
    let unknown = NextPage {
        id: "nope".to_owned(),
        after: ItemKey {
            table: Table::Kv,
            pk: String::new(),
        },
        tables: None,
    };
    let read = ports
        .store
        .snapshot_page(&unknown, &home.reader(1), START)
        .await;
    assert!(matches!(read, Err(SnapshotError::Gone)), "{read:?}");
}

/// The budget of the design, for the first page and for later ones.
pub async fn a_page_is_one_round_trip(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("a", 1, 1), put("b", 1, 2)]).await;
    let (page, trips) = meter::measured(start(&home, "s", 1)).await;
    assert_eq!(trips, 1);
    assert_eq!(meter::measured(next(&home, &page, 1)).await.1, 1);
}
