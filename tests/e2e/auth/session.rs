//! `GET /api/auth/session` (auth contract, 3.1 and 7.1).

use or3_tests::{Newcomer, Server};
use serde_json::{Value, json};

#[tokio::test]
async fn nobody_is_signed_in_at_first() {
    let server = Server::start().await;
    let answer = server.browser().get("/api/auth/session").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["session"], Value::Null);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_newcomer_owns_a_workspace() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let answer = ada.browser.get("/api/auth/session").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let session = &answer.json()["session"];
    assert_eq!(session["authenticated"], json!(true));
    assert_eq!(session["provider"], "basic-auth");
    assert_eq!(session["role"], "owner");
    assert_eq!(session["user"]["email"], ada.email.as_str());
    assert_eq!(session["user"]["displayName"], "Ada");
    assert_eq!(session["workspace"]["id"], ada.workspace.as_str());
    assert!(
        session["expiresAt"]
            .as_str()
            .is_some_and(|at| at.ends_with('Z'))
    );
}

#[tokio::test]
async fn two_devices_of_one_person_have_the_same_workspace() {
    let server = Server::start().await;
    let ada = Newcomer::of(&server).await;
    let mut phone = ada.second_device(&server).await;
    let session = phone.get("/api/auth/session").await.json();
    assert_eq!(
        session["session"]["workspace"]["id"],
        ada.workspace.as_str()
    );
}

#[tokio::test]
async fn a_token_that_nobody_signed_is_nobody() {
    let server = Server::start().await;
    let headers = [("cookie", "or3_access=eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.")];
    let mut browser = server.browser();
    let answer = browser
        .send(http::Method::GET, "/api/auth/session", &headers, "")
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["session"], Value::Null);
}
