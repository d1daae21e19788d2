//! Old clients after a collection, and whose a snapshot is.

use std::time::Duration;

use or3_domain::access::Role;
use or3_domain::clock::Clock;
use or3_domain::gc::{HistoryCollector, HistoryKept};
use or3_domain::sync::History;
use or3_testkit::collect_pass;
use serde_json::json;

use crate::server::{Server, delete, pull, push, put, send};

#[tokio::test]
async fn a_client_without_snapshots_still_gets_every_live_row_after_a_collection() {
    let server = Server::start().await;
    let alice = server.alice();
    push(
        &alice,
        &[
            put("a", 1, 1),
            put("b", 1, 2),
            put("a", 2, 3),
            delete("b", 2, 4),
        ],
    )
    .await;
    server.clock.advance(Duration::from_hours(2));
    let hour = Duration::from_hours(1);
    let kept = HistoryKept {
        retention: hour,
        device_expiry: hour,
    };
    let history = server.state.sync_history();
    let collector = HistoryCollector::new(history, History::ChangeLog, kept);
    collect_pass(&collector, server.clock.now(), 100).await;
    let page = pull(&alice, 0).await;
    assert_eq!(
        (&page["requiresSnapshot"], &page["oldestRetainedVersion"]),
        (&json!(true), &json!(5))
    );
    let last = |pk: &str| {
        let changes = page["changes"].as_array().expect("changes");
        let mut of_row = changes.iter().filter(|change| change["pk"] == pk);
        of_row.next_back().cloned().expect("a change")
    };
    assert_eq!(last("a")["payload"]["value"], 3);
    assert_eq!(last("b")["op"], "delete");
}

#[tokio::test]
async fn a_snapshot_token_is_worth_nothing_to_another_member() {
    let server = Server::start().await;
    let alice = server.alice();
    push(&alice, &[put("a", 1, 1), put("b", 1, 2)]).await;
    let mut request = json!({ "scope": { "workspaceId": "ws" }, "pageSize": 1 });
    let first = send(&alice, "snapshot", &request).await.json();
    request["pageToken"] = first["nextPageToken"].clone();
    let bob = server.client("bob", Role::Editor);
    assert_eq!(send(&bob, "snapshot", &request).await.status, 403);
    assert_eq!(
        send(&alice, "snapshot", &request).await.json()["items"][0]["pk"],
        "b"
    );
    server.clock.advance(Duration::from_hours(1));
    let over = send(&alice, "snapshot", &request).await;
    assert_eq!(
        (over.status.as_u16(), &*over.message()),
        (410, "Snapshot expired or unavailable")
    );
}
