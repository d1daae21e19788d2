//! `POST /api/basic-auth/refresh` (auth contract, 3.2.3 and 5.4).

use or3_tests::{Newcomer, Server};
use serde_json::json;

const REFRESH: &str = "/api/basic-auth/refresh";

#[tokio::test]
async fn a_refresh_token_is_replaced_by_another() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let before = ada.browser.cookie("or3_refresh").map(str::to_owned);
    let answer = ada.browser.post(REFRESH, &json!({})).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({ "ok": true }));
    assert!(ada.browser.cookie("or3_refresh").is_some());
    assert_ne!(ada.browser.cookie("or3_refresh"), before.as_deref());
}

#[tokio::test]
async fn without_a_token_the_session_has_expired_unless_asked_silently() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let answer = browser.post(REFRESH, &json!({})).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.message(), "Session expired");
    let answer = browser
        .post("/api/basic-auth/refresh?silent=1", &json!({}))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({ "ok": false }));
}
