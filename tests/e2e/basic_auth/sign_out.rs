//! `POST /api/basic-auth/sign-out` (auth contract, 3.2.4).

use or3_tests::{Newcomer, Server};
use serde_json::{Value, json};

#[tokio::test]
async fn signing_out_ends_this_device_and_leaves_the_others() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let mut phone = ada.second_device(&server).await;
    let answer = ada
        .browser
        .post("/api/basic-auth/sign-out", &json!({}))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({ "ok": true }));
    assert!(ada.browser.cookie("or3_access").is_none());
    let session = ada.browser.get("/api/auth/session").await.json();
    assert_eq!(session["session"], Value::Null);
    let session = phone.get("/api/auth/session").await.json();
    assert_ne!(session["session"], Value::Null);
}

#[tokio::test]
async fn a_copy_of_the_cookies_is_worth_nothing_after_signing_out() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let mut copy = ada.browser.clone();
    ada.browser
        .post("/api/basic-auth/sign-out", &json!({}))
        .await;
    let answer = copy.post("/api/basic-auth/refresh", &json!({})).await;
    assert_eq!(answer.status, 401);
}
