//! `POST /api/sync/pull` (sync contract, 5.7 and 12).

use http::Method;
use or3_tests::{Newcomer, Server, Writer};
use serde_json::{Value, json};

use crate::http_rules::assert_never_kept;

const PUSH: &str = "/api/sync/push";
const PULL: &str = "/api/sync/pull";

fn page(workspace: &str, cursor: i64, limit: u32) -> Value {
    json!({ "scope": { "workspaceId": workspace }, "cursor": cursor, "limit": limit })
}

#[tokio::test]
async fn an_empty_workspace_has_nothing_to_pull() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let answer = ada.browser.post(PULL, &page(&ada.workspace, 0, 100)).await;
    assert_eq!(answer.status, 200);
    assert_never_kept(&answer);
    let body = answer.json();
    assert_eq!(body["changes"], json!([]));
    assert_eq!(body["nextCursor"], 0);
    assert_eq!(body["hasMore"], false);
}

#[tokio::test]
async fn a_second_device_reads_page_by_page_what_the_first_wrote() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let mut phone = ada.second_device(&server).await;
    let mut writer = Writer::default();
    let mut ops = vec![writer.thread("t1", "First")];
    ops.extend((0..4).map(|index| writer.message("t1", index, "Grüße ☃")));
    let batch = json!({ "scope": { "workspaceId": ada.workspace }, "ops": ops });
    assert_eq!(ada.browser.post(PUSH, &batch).await.status, 200);

    let mut seen = Vec::new();
    let mut cursor = 0;
    loop {
        let body = phone
            .post(PULL, &page(&ada.workspace, cursor, 2))
            .await
            .json();
        seen.extend(body["changes"].as_array().expect("changes").clone());
        cursor = body["nextCursor"].as_i64().expect("a cursor");
        if body["hasMore"] == false {
            break;
        }
    }
    assert_eq!(cursor, 5);
    for (op, change) in ops.iter().zip(&seen) {
        assert_eq!(change["pk"], op["pk"]);
        assert_eq!(change["tableName"], op["tableName"]);
        assert_eq!(change["op"], "put");
        assert_eq!(change["payload"], op["payload"]);
        assert_eq!(change["stamp"], op["stamp"]);
    }
    assert_eq!(seen.len(), ops.len());
}

/// Clients cut text by UTF-16 units, so that a string may end in half a pair.
#[tokio::test]
async fn half_a_surrogate_pair_comes_back_as_it_went_in() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let op = Writer::default().thread("t1", "CUT HERE");
    let batch = json!({ "scope": { "workspaceId": ada.workspace }, "ops": [op] });
    let text = batch.to_string().replace("CUT HERE", "cut \\ud83d");
    let answer = ada.browser.json(Method::POST, PUSH, text).await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    let answer = ada.browser.post(PULL, &page(&ada.workspace, 0, 10)).await;
    let body = String::from_utf8_lossy(&answer.body);
    assert!(body.contains("cut \\ud83d"), "{body}");
}

#[tokio::test]
async fn a_delete_is_pulled_as_a_delete() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let mut writer = Writer::default();
    let ops = [writer.thread("t1", "First"), writer.delete("threads", "t1")];
    let batch = json!({ "scope": { "workspaceId": ada.workspace }, "ops": ops });
    assert_eq!(ada.browser.post(PUSH, &batch).await.status, 200);
    let body = ada
        .browser
        .post(PULL, &page(&ada.workspace, 1, 10))
        .await
        .json();
    assert_eq!(body["changes"][0]["op"], "delete");
    assert_eq!(body["changes"][0]["pk"], "t1");
}
