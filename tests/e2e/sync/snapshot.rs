//! `POST /api/sync/snapshot` (sync contract, 13).

use or3_tests::{Newcomer, Server, Writer};
use serde_json::{Value, json};

#[tokio::test]
async fn a_snapshot_holds_the_rows_that_are_left_and_names_those_that_are_not() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let scope = json!({ "workspaceId": ada.workspace });
    let mut writer = Writer::default();
    let ops = [
        writer.thread("kept", "Old title"),
        writer.thread("kept", "New title"),
        writer.thread("gone", "Soon gone"),
        writer.delete("threads", "gone"),
    ];
    let batch = json!({ "scope": scope, "ops": ops });
    assert_eq!(ada.browser.post("/api/sync/push", &batch).await.status, 200);
    let question = json!({ "scope": scope, "pageSize": 100 });
    let answer = ada.browser.post("/api/sync/snapshot", &question).await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    let body = answer.json();
    assert_eq!(body["highWatermark"], 4);
    assert_eq!(body["nextPageToken"], Value::Null);
    let items = body["items"].as_array().expect("items");
    assert_eq!(items.len(), 2);
    assert_eq!(items[0]["kind"], "tombstone");
    assert_eq!(items[0]["pk"], "gone");
    assert_eq!(items[1]["kind"], "row");
    assert_eq!(items[1]["payload"]["title"], "New title");
}
