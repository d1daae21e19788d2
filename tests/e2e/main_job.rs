//! The main job: what one person does with two devices on the first day.

use or3_tests::{Newcomer, Server, Writer};
use serde_json::json;

#[tokio::test]
async fn a_thread_written_on_one_device_is_read_on_the_other() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let scope = json!({ "workspaceId": ada.workspace });
    let mut writer = Writer::default();
    let ops = [
        writer.thread("t1", "Hello"),
        writer.message("t1", 0, "What is a CRDT?"),
    ];
    let batch = json!({ "scope": scope, "ops": ops });
    assert_eq!(ada.browser.post("/api/sync/push", &batch).await.status, 200);

    let mut phone = ada.second_device(&server).await;
    let question = json!({ "scope": scope, "cursor": 0, "limit": 100 });
    let pulled = phone.post("/api/sync/pull", &question).await.json();
    assert_eq!(pulled["changes"][0]["payload"]["title"], "Hello");
    assert_eq!(
        pulled["changes"][1]["payload"]["data"]["content"],
        "What is a CRDT?"
    );
    assert_eq!(pulled["nextCursor"], 2);
}
