//! Forgetting (sync contract, 15).

use std::sync::Arc;
use std::time::Duration;

use or3_domain::clock::Timestamp;
use or3_domain::gc::{HistoryCollector, HistoryKept, Tally};
use or3_domain::sync::{CursorReport, History, HistoryWindow, ItemState, Outcome, TableSet};

use crate::{collect_pass, survey_pass};

use super::{Home, START, SyncPorts, applied, delete, keys, put, versions};

const HOUR: Duration = Duration::from_hours(1);

/// Passes in pieces as small as they can be.
async fn pass(home: &Home, history: History, now: Timestamp) -> (Vec<String>, Tally) {
    let kept = HistoryKept {
        retention: HOUR,
        device_expiry: HOUR,
    };
    let store = Arc::clone(&home.ports.history);
    let collector = HistoryCollector::new(store, history, kept).only(home.workspace.clone());
    let named = surveyed(&collector, now).await;
    let tally = collect_pass(&collector, now, 1).await;
    let nothing = surveyed(&collector, now).await;
    assert!(nothing.is_empty(), "a second pass would remove {nothing:?}");
    assert_eq!(collect_pass(&collector, now, 1).await, Tally::default());
    assert_eq!(named.len() as u64, tally.removed, "{named:?}");
    (named, tally)
}

async fn surveyed(collector: &HistoryCollector, now: Timestamp) -> Vec<String> {
    let found = survey_pass(collector, now, 1).await;
    found.into_iter().map(|found| found.name).collect()
}

async fn collect(home: &Home, now: Timestamp) -> Vec<String> {
    pass(home, History::ChangeLog, now).await.0
}

async fn device_at(home: &Home, device: &str, version: i64, now: Timestamp) {
    let report = CursorReport {
        workspace: home.workspace.clone(),
        user: home.user.clone(),
        device_id: device.to_owned(),
        version,
    };
    home.ports
        .store
        .update_cursor(&report, now)
        .await
        .expect("a report");
}

fn later(seconds: u64) -> Timestamp {
    START.plus(Duration::from_secs(seconds))
}

/// Age decides to the second, and devices hold what they do not have.
pub async fn the_floor_moves_over_what_is_old_and_known_to_all(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("a", 1, 1), put("b", 1, 2), put("c", 1, 3)])
        .await;
    device_at(&home, "dev", 2, later(3600)).await;
    collect(&home, later(3600)).await;
    assert_eq!(
        home.pull(0, 9).await.oldest_retained,
        1,
        "exactly as old as the window"
    );
    collect(&home, later(3601)).await;
    assert_eq!(home.pull(0, 9).await.oldest_retained, 3);
    collect(&home, later(7201)).await;
    assert_eq!(
        home.pull(0, 9).await.oldest_retained,
        4,
        "the device has expired"
    );
}

/// Young entries stay, and so does everything after them.
pub async fn young_entries_stay(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("a", 1, 1)]).await;
    home.push_at(&[put("b", 1, 2)], later(100)).await;
    collect(&home, later(3650)).await;
    let page = home.pull(1, 9).await;
    assert_eq!((keys(&page), page.oldest_retained), (vec![(2, "b")], 2));
    assert!(home.pull(0, 9).await.requires_snapshot(0));
}

/// A client that knows no snapshots reads every live row and every delete from the log (15.5 a).
pub async fn a_newcomer_still_gets_every_row_from_the_log(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[
        put("a", 1, 1),
        put("b", 1, 2),
        put("c", 1, 3),
        put("a", 2, 4),
        delete("b", 2, 5),
    ])
    .await;
    home.push(&[put("c", 0, 6)]).await;
    collect(&home, later(3601)).await;
    let page = home.pull(0, 9).await;
    assert_eq!(page.oldest_retained, 7);
    let seen: Vec<_> = keys(&page).into_iter().map(|(_, pk)| pk).collect();
    for pk in ["a", "b", "c"] {
        assert!(seen.contains(&pk), "{pk}");
    }
    let current: Vec<_> = page.changes.iter().map(|change| change.version).collect();
    assert!(current.contains(&4) && current.contains(&5) && current.contains(&3));
    assert!(
        !current.contains(&1) && !current.contains(&6),
        "overtaken: {current:?}"
    );
}

/// A snapshot has every row and every delete, whatever is left of the log.
pub async fn a_snapshot_after_collection_still_has_every_row(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[
        put("a", 1, 1),
        put("a", 2, 2),
        put("b", 1, 3),
        delete("b", 2, 4),
    ])
    .await;
    collect(&home, later(3601)).await;
    pass(&home, History::Tombstones, later(3601)).await;
    let reader = home.reader(10);
    let page = ports
        .store
        .start_snapshot("s", &reader, TableSet::ALL, later(3601))
        .await
        .expect("a snapshot");
    let rows: Vec<_> = page
        .items
        .iter()
        .map(|item| {
            (
                item.key.pk.as_str(),
                item.revision.clock,
                item.state.clone(),
            )
        })
        .collect();
    let live = ItemState::Row(r#"{"id":"a","value":"2"}"#.to_owned());
    assert_eq!(
        rows,
        [("a", 2, live), ("b", 2, ItemState::Tombstone(START))]
    );
    assert_eq!(page.watermark, 4);
}

/// What a deleted row held stays until every device has seen the delete.
pub async fn content_of_deleted_rows_waits_for_every_device(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("a", 1, 1), delete("a", 3, 2)]).await;
    device_at(&home, "dev", 1, later(3601)).await;
    let told = async |stale| {
        pass(&home, History::Tombstones, later(3601)).await;
        match &home.push(&[put("a", 2, stale)]).await.outcomes[0] {
            Outcome::Accepted {
                lost_to: Some(winner),
                ..
            } => winner.payload.clone().expect("a payload"),
            other => panic!("a stale put came back: {other:?}"),
        }
    };
    assert!(
        told(3).await.contains("value"),
        "the device has not seen it"
    );
    device_at(&home, "dev", 2, later(3601)).await;
    assert!(!told(4).await.contains("value"), "now it has");
}

/// Versions go on where they were.
pub async fn numbering_continues_after_the_whole_log_is_gone(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("a", 2, 1), put("a", 1, 2)]).await;
    collect(&home, later(3601)).await;
    assert_eq!(versions(&home.push(&[put("b", 1, 3)]).await), [3]);
    assert_eq!(keys(&home.pull(2, 9).await), [(3, "b")]);
}

/// An op id is remembered longer than its log entry (7.5).
pub async fn a_replay_after_collection_keeps_its_version(ports: SyncPorts) {
    let home = ports.home("ws").await;
    let batch = [put("a", 2, 1), put("a", 1, 2)];
    home.push(&batch).await;
    collect(&home, later(3601)).await;
    let again = home.push(&batch).await;
    assert_eq!(
        (versions(&again), applied(&again)),
        (vec![1, 2], vec![true, false])
    );
}

/// A snapshot that began before the collection still finds what it froze.
pub async fn collection_does_not_thaw_a_snapshot(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("a", 1, 1), put("b", 1, 2)]).await;
    let now = later(3000);
    let page = ports
        .store
        .start_snapshot("s", &home.reader(1), TableSet::ALL, now)
        .await;
    let page = page.expect("a snapshot");
    home.push_at(&[put("b", 2, 3)], now).await;
    collect(&home, later(3601)).await;
    let next = or3_domain::sync::NextPage {
        id: page.id,
        after: page.items[0].key.clone(),
        tables: None,
    };
    let rest = ports
        .store
        .snapshot_page(&next, &home.reader(9), later(3601))
        .await;
    assert_eq!(rest.expect("a page").items[0].revision.clock, 1);
}

/// What a snapshot held is let go once its time is over, even if nobody takes another one.
pub async fn collection_lets_go_of_what_only_an_old_snapshot_held(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("a", 1, 1)]).await;
    let store = &ports.store;
    let reader = home.reader(1);
    let page = store.start_snapshot("s", &reader, TableSet::ALL, START);
    page.await.expect("a snapshot");
    home.push(&[put("a", 2, 2)]).await;
    collect(&home, later(3601)).await;
    assert_eq!(keys(&home.pull(0, 9).await), [(2, "a")], "1 is overtaken");
}

/// The delete itself is never forgotten; what the row held is.
pub async fn collecting_tombstones_forgets_content_and_keeps_the_delete(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("a", 1, 1), delete("a", 3, 2)]).await;
    let stale = put("a", 2, 3);
    for _ in 0..2 {
        pass(&home, History::Tombstones, later(3601)).await;
        let lost = home.push(std::slice::from_ref(&stale)).await;
        let Outcome::Accepted {
            lost_to: Some(winner),
            ..
        } = &lost.outcomes[0]
        else {
            panic!("a stale put came back: {lost:?}");
        };
        let told = winner.payload.as_deref();
        assert_eq!(told, Some(r#"{"id":"a","deleted":true}"#));
    }
    assert_eq!(
        home.pull(0, 9).await.oldest_retained,
        1,
        "the log is another matter"
    );
}

/// One workspace at a time.
pub async fn other_workspaces_keep_their_history(ports: SyncPorts) {
    let (home, other) = (ports.home("ws").await, ports.home("other").await);
    home.push(&[put("a", 1, 1)]).await;
    other.push(&[put("a", 1, 2)]).await;
    device_at(&other, "dev", 0, START).await;
    collect(&home, later(3601)).await;
    assert_eq!(other.pull(0, 9).await.oldest_retained, 1);
    device_at(&other, "dev", 0, later(3601)).await;
}

/// What a pass names is what it removes, versions and payloads to the byte.
pub async fn a_pass_counts_what_it_removes(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("a", 1, 1), put("a", 2, 2), put("b", 1, 3)])
        .await;
    home.push(&[delete("b", 2, 4)]).await;
    let (names, tally) = pass(&home, History::ChangeLog, later(3601)).await;
    assert_eq!(names, ["ws/1"]);
    let bytes = r#"{"id":"a","value":"1"}"#.len() as u64;
    assert_eq!((tally.removed, tally.bytes), (1, bytes));
    let (names, _) = pass(&home, History::Tombstones, later(3601)).await;
    assert_eq!(names, ["ws/kv/b"]);
    let names = collect(&home, later(3601)).await;
    assert_eq!(names, ["ws/3"], "nothing stands on the content any more");
}

/// A row that lives again keeps its content, and one that all devices do not know keeps it too.
pub async fn a_row_that_was_deleted_and_lives_keeps_its_content(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("a", 1, 1), delete("a", 2, 2), put("a", 3, 3)])
        .await;
    home.push(&[put("b", 1, 4), delete("b", 2, 5)]).await;
    device_at(&home, "dev", 4, later(3601)).await;
    let (names, _) = pass(&home, History::Tombstones, later(3601)).await;
    assert!(names.is_empty(), "{names:?}");
    let seen = home.pull(0, 9).await;
    let alive = seen.changes.iter().find(|change| change.version == 3);
    assert!(alive.is_some_and(|change| change.payload.is_some()));
}

/// A schedule finds the workspaces that have something to collect, each once.
pub async fn workspaces_with_nothing_to_collect_are_passed_over(ports: SyncPorts) {
    for id in ["a", "b", "c", "d"] {
        let home = ports.home(id).await;
        let number = u32::from(id.as_bytes()[0]) * 10;
        if id != "b" {
            home.push(&[put("k", 1, number), put("k", 2, number + 1)])
                .await;
        }
    }
    let now = later(3601);
    let kept = HistoryKept {
        retention: HOUR,
        device_expiry: HOUR,
    };
    let history = Arc::clone(&ports.history);
    let collector = HistoryCollector::new(history, History::ChangeLog, kept);
    assert_eq!(surveyed(&collector, now).await, ["a/1", "c/1", "d/1"]);
    assert_eq!(collect_pass(&collector, now, 1).await.removed, 3);
    assert_eq!(surveyed(&collector, now).await.len(), 0);
    let window = HistoryWindow {
        from: now.minus(HOUR),
        seen_since: now.minus(HOUR),
    };
    let next = ports
        .history
        .next_workspace(None, History::ChangeLog, window);
    assert_eq!(next.await.expect("answered"), None, "nothing is left to do");
}
