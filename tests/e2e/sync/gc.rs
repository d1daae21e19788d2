//! `POST /api/sync/gc-tombstones` and `gc-change-log` (sync contract, 15).

use or3_tests::{Newcomer, Server};
use serde_json::json;

#[tokio::test]
async fn owners_collect_their_history_and_nobody_elses() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let mut bob = Newcomer::of(&server).await;
    let question = json!({
        "scope": { "workspaceId": ada.workspace }, "retentionSeconds": 2_592_000,
    });
    for path in ["/api/sync/gc-tombstones", "/api/sync/gc-change-log"] {
        let answer = ada.browser.post(path, &question).await;
        assert_eq!(answer.status, 204, "{path} {}", answer.message());
        assert!(answer.body.is_empty());
        assert_eq!(bob.browser.post(path, &question).await.status, 403);
    }
}
