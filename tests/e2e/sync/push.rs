//! `POST /api/sync/push` (sync contract, 6 to 8 and 11).

use or3_tests::{Newcomer, Server, Writer};
use serde_json::{Value, json};

use crate::http_rules::assert_never_kept;

const PUSH: &str = "/api/sync/push";

fn batch(workspace: &str, ops: &[Value]) -> Value {
    json!({ "scope": { "workspaceId": workspace }, "ops": ops })
}

#[tokio::test]
async fn each_operation_gets_the_next_version_of_the_log() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let mut writer = Writer::default();
    let ops = [
        writer.thread("t1", "First"),
        writer.message("t1", 0, "Hello"),
    ];
    let answer = ada.browser.post(PUSH, &batch(&ada.workspace, &ops)).await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    assert_never_kept(&answer);
    let body = answer.json();
    for (at, op) in ops.iter().enumerate() {
        let result = &body["results"][at];
        assert_eq!(result["opId"], op["stamp"]["opId"]);
        assert_eq!(result["success"], true);
        assert_eq!(result["serverVersion"], at + 1);
    }
    assert_eq!(body["serverVersion"], 2);
}

#[tokio::test]
async fn the_same_batch_again_changes_nothing() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let mut writer = Writer::default();
    let batch = batch(&ada.workspace, &[writer.thread("t1", "First")]);
    let first = ada.browser.post(PUSH, &batch).await.json();
    let second = ada.browser.post(PUSH, &batch).await.json();
    for answer in [first, second] {
        assert_eq!(answer["results"][0]["success"], true);
        assert_eq!(answer["results"][0]["serverVersion"], 1);
        assert_eq!(answer["serverVersion"], 1);
    }
}

#[tokio::test]
async fn a_row_that_lacks_a_member_is_refused() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let mut writer = Writer::default();
    let ops = [writer.put("threads", "t1", &json!({ "id": "t1" }))];
    let answer = ada.browser.post(PUSH, &batch(&ada.workspace, &ops)).await;
    let body = answer.json();
    assert!(
        answer.status == 400 || body["results"][0]["success"] == false,
        "{body}"
    );
}

#[tokio::test]
async fn another_workspace_than_the_active_one_is_forbidden() {
    let server = Server::start().await;
    let ada = Newcomer::of(&server).await;
    let mut bob = Newcomer::of(&server).await;
    let ops = [Writer::default().thread("t1", "Not mine")];
    let answer = bob.browser.post(PUSH, &batch(&ada.workspace, &ops)).await;
    assert_eq!(answer.status, 403);
    assert_never_kept(&answer);
}

#[tokio::test]
async fn strangers_cannot_push() {
    let server = Server::start().await;
    let answer = server.browser().post(PUSH, &batch("any", &[])).await;
    assert_eq!(answer.status, 401);
}
