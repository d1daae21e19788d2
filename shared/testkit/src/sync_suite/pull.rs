//! Pages of the log.

use or3_domain::meter;
use or3_domain::sync::{Operation, PullRequest, Table, TableSet};

use super::{SyncPorts, keys, op, put};

/// Exclusive of the cursor, in the order of versions.
pub async fn only_changes_after_the_cursor_are_given(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("a", 1, 1), put("b", 1, 2), put("c", 1, 3)])
        .await;
    let page = home.pull(1, 10).await;
    assert_eq!(keys(&page), [(2, "b"), (3, "c")]);
    assert_eq!(
        (page.next_cursor, page.has_more, page.oldest_retained),
        (3, false, 1)
    );
}

/// Nothing new, or a cursor that is ahead: the cursor comes back.
pub async fn a_cursor_at_or_beyond_the_head_stays(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("a", 1, 1)]).await;
    ports.home("next").await.push(&[put("b", 1, 2)]).await;
    for cursor in [1, 7, (1 << 40) - 1, 1 << 40, (1 << 53) - 1] {
        let page = home.pull(cursor, 10).await;
        assert_eq!(
            (page.changes.len(), page.next_cursor, page.has_more),
            (0, cursor, false)
        );
        assert!(!page.requires_snapshot(cursor));
    }
}

/// A page that is exactly full may be the last one.
pub async fn a_page_ends_at_its_limit(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[
        put("a", 1, 1),
        put("b", 1, 2),
        put("c", 1, 3),
        put("d", 1, 4),
    ])
    .await;
    let first = home.pull(0, 2).await;
    assert_eq!(
        (keys(&first), first.has_more),
        (vec![(1, "a"), (2, "b")], true)
    );
    let last = home.pull(first.next_cursor, 2).await;
    assert_eq!(
        (keys(&last), last.has_more),
        (vec![(3, "c"), (4, "d")], false)
    );
}

/// Large rows end a page early; one row is always given.
pub async fn a_page_ends_at_its_bytes(ports: SyncPorts) {
    let home = ports.home("ws").await;
    let mut ops: Vec<_> = (1..=5)
        .map(|number| put(&format!("k{number}"), 1, number))
        .collect();
    for op in &mut ops {
        op.payload = Some(format!(r#"{{"x":"{}"}}"#, "y".repeat(1000)));
    }
    home.push(&ops).await;
    for (max_bytes, rows) in [(1, 1), (1500, 2), (2500, 3), (100_000, 5)] {
        let request = PullRequest {
            max_bytes,
            ..home.pull_request(0, 10)
        };
        let page = home.ask(&request).await;
        assert_eq!(page.changes.len(), rows, "{max_bytes}");
        assert_eq!(page.has_more, rows < 5);
        assert_eq!(page.next_cursor, i64::try_from(rows).expect("small"));
    }
}

/// Entries that do not match count neither for the limit nor for the cursor.
pub async fn a_filter_counts_only_what_matches(ports: SyncPorts) {
    let home = ports.home("ws").await;
    let thread = |pk: &str, number| op(Operation::Put, Table::Threads, pk, 1, number);
    home.push(&[
        put("a", 1, 1),
        thread("t", 2),
        put("b", 1, 3),
        thread("u", 4),
    ])
    .await;
    let only = |table| PullRequest {
        tables: TableSet::NONE.with(table),
        ..home.pull_request(0, 1)
    };
    let page = home.ask(&only(Table::Threads)).await;
    assert_eq!(
        (keys(&page), page.has_more, page.next_cursor),
        (vec![(2, "t")], true, 2)
    );
    let none = home.ask(&only(Table::Posts)).await;
    assert_eq!(
        (none.changes.len(), none.has_more, none.next_cursor),
        (0, false, 0)
    );
}

/// The budget of the design: page, floor and head are one read.
pub async fn a_pull_is_one_round_trip(ports: SyncPorts) {
    let home = ports.home("ws").await;
    let (_, trips) = meter::measured(home.pull(0, 10)).await;
    assert_eq!(trips, 1);
}
