//! The main job: what one person does with two devices on the first day.

use http::Method;
use or3_tests::{Newcomer, Server, Writer};
use serde_json::{Value, json};

use crate::storage::{BYTES, HASH};

#[tokio::test]
async fn a_thread_written_on_one_device_is_read_on_the_other() {
    write_a_thread_and_read_it_elsewhere(&Server::start().await).await;
}

#[tokio::test]
async fn a_picture_sent_from_one_device_is_shown_on_the_other() {
    send_a_picture_and_show_it_elsewhere(&Server::start().await).await;
}

pub(crate) async fn write_a_thread_and_read_it_elsewhere(server: &Server) {
    let mut ada = Newcomer::of(server).await;
    let scope = json!({ "workspaceId": ada.workspace });
    let mut writer = Writer::default();
    let ops = [
        writer.thread("t1", "Hello"),
        writer.message("t1", 0, "What is a CRDT?"),
    ];
    let batch = json!({ "scope": scope, "ops": ops });
    assert_eq!(ada.browser.post("/api/sync/push", &batch).await.status, 200);

    let mut phone = ada.second_device(server).await;
    let question = json!({ "scope": scope, "cursor": 0, "limit": 100 });
    let pulled = phone.post("/api/sync/pull", &question).await.json();
    assert_eq!(pulled["changes"][0]["payload"]["title"], "Hello");
    assert_eq!(
        pulled["changes"][1]["payload"]["data"]["content"],
        "What is a CRDT?"
    );
    assert_eq!(pulled["nextCursor"], 2);
}

pub(crate) async fn send_a_picture_and_show_it_elsewhere(server: &Server) {
    let mut ada = Newcomer::of(server).await;
    let mut phone = ada.second_device(server).await;
    let scope = json!({ "workspaceId": ada.workspace });
    let file = json!({ "workspace_id": ada.workspace, "hash": HASH });
    let facts = json!({ "mime_type": "image/png", "size_bytes": BYTES.len() });

    let ask = with(&file, &facts);
    let ticket = ada
        .browser
        .post("/api/storage/presign-upload", &ask)
        .await
        .json();
    let url = ticket["url"].as_str().expect("a URL");
    let png = [("content-type", "image/png")];
    let answer = ada.browser.send(Method::PUT, url, &png, BYTES).await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    let place = json!({
        "storage_id": ticket["storageId"], "storage_provider_id": "fs",
        "name": "picture.png", "kind": "image",
    });
    let commit = with(&ask, &place);
    let answer = ada.browser.post("/api/storage/commit", &commit).await;
    assert_eq!(answer.json(), json!({ "ok": true }));
    let row = with(&json!({ "hash": HASH }), &with(&facts, &place));
    let op = Writer::default().put("file_meta", HASH, &row);
    let batch = json!({ "scope": scope, "ops": [op] });
    assert_eq!(ada.browser.post("/api/sync/push", &batch).await.status, 200);

    let ticket = phone
        .post("/api/storage/presign-download", &file)
        .await
        .json();
    let url = ticket["url"].as_str().expect("a URL");
    let answer = phone.get(url).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "image/png");
    assert_eq!(answer.body, BYTES);
}

/// The members of both.
fn with(one: &Value, other: &Value) -> Value {
    let members = [one, other].map(|value| value.as_object().cloned().unwrap_or_default());
    members.into_iter().flatten().collect()
}
