//! `POST /api/sync/update-cursor` (sync contract, 14).

use or3_tests::{Newcomer, Server};
use serde_json::json;

#[tokio::test]
async fn a_device_says_how_far_it_has_read() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let cursor = json!({
        "scope": { "workspaceId": ada.workspace }, "deviceId": "laptop", "version": 0,
    });
    let answer = ada.browser.post("/api/sync/update-cursor", &cursor).await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    assert_eq!(answer.json(), json!({ "ok": true }));
}
