//! `POST /api/basic-auth/change-password` (auth contract, 3.2.5).

use or3_tests::{Newcomer, Server};
use serde_json::{Value, json};

const CHANGE: &str = "/api/basic-auth/change-password";

#[tokio::test]
async fn a_new_password_ends_every_session() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let mut phone = ada.second_device(&server).await;
    let change = json!({
        "currentPassword": ada.password,
        "newPassword": "another one", "confirmNewPassword": "another one",
    });
    let answer = ada.browser.post(CHANGE, &change).await;
    assert_eq!(answer.status, 200);
    for browser in [&mut ada.browser, &mut phone] {
        let session = browser.get("/api/auth/session").await.json();
        assert_eq!(session["session"], Value::Null);
    }
    ada.password = "another one".to_owned();
    ada.second_device(&server).await;
}

#[tokio::test]
async fn a_wrong_current_password_changes_nothing() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let change = json!({
        "currentPassword": "wrong",
        "newPassword": "another one", "confirmNewPassword": "another one",
    });
    let answer = ada.browser.post(CHANGE, &change).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.message(), "Invalid credentials");
    ada.second_device(&server).await;
}
