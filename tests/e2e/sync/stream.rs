//! `GET /api/sync/stream`.

use or3_tests::{Newcomer, Server, Writer};
use serde_json::json;

/// Streams may have another way into a deployment than the rest (docs/sync/stream.md), so these
/// run on servers of their own.
async fn server() -> Server {
    Server::with(&[("OR3_SYNC_STREAM_POLL_MS", "60000")]).await
}

fn path(ada: &Newcomer, cursor: i64) -> String {
    let workspace = &ada.workspace;
    format!("/api/sync/stream?workspaceId={workspace}&cursor={cursor}")
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_push_is_told_to_the_other_devices_without_waiting_for_a_look() {
    let server = server().await;
    let mut ada = Newcomer::of(&server).await;
    let phone = ada.second_device(&server).await;
    let mut events = phone.events(&path(&ada, 0)).await;
    let mut laptop = Writer::default();
    for version in 1..=2 {
        let push = json!({
            "scope": { "workspaceId": ada.workspace }, "ops": [laptop.thread("t", "A title")],
        });
        let pushed = ada.browser.post("/api/sync/push", &push).await;
        assert_eq!(pushed.json()["serverVersion"], version);
        assert_eq!(events.version().await, Some(version));
    }
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn who_missed_versions_hears_of_them_on_opening() {
    let server = server().await;
    let mut ada = Newcomer::of(&server).await;
    let push = json!({
        "scope": { "workspaceId": ada.workspace },
        "ops": [Writer::default().thread("t", "A title")],
    });
    ada.browser.post("/api/sync/push", &push).await;
    let mut events = ada.browser.events(&path(&ada, 0)).await;
    assert_eq!(events.version().await, Some(1));
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_signed_out_session_hears_no_more() {
    let settings = [("OR3_SYNC_STREAM_HEARTBEAT_MS", "100")];
    let server = Server::with(&settings).await;
    let mut ada = Newcomer::of(&server).await;
    let mut events = ada.browser.events(&path(&ada, 0)).await;
    assert_eq!(events.next().await.as_deref(), Some(": still here"));
    let out = ada
        .browser
        .post("/api/basic-auth/sign-out", &json!({}))
        .await;
    assert_eq!(out.status, 200, "{}", out.message());
    assert_eq!(events.version().await, None);
}
