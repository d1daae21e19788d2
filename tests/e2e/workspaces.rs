//! `/api/workspaces` (auth contract, 3.3).

use http::Method;
use or3_tests::{Newcomer, Server};
use serde_json::{Value, json};

const WORKSPACES: &str = "/api/workspaces";

#[tokio::test]
async fn strangers_see_no_workspaces() {
    let server = Server::start().await;
    let answer = server.browser().get(WORKSPACES).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn a_workspace_is_made_renamed_chosen_and_removed() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await.browser;
    let made = ada
        .post(WORKSPACES, &json!({ "name": " Plans ", "description": "" }))
        .await;
    assert_eq!(made.status, 200);
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    let path = format!("{WORKSPACES}/{id}");

    let renamed = ada
        .json(Method::PATCH, &path, r#"{"name":"Better plans"}"#)
        .await;
    assert_eq!(renamed.json(), json!({ "ok": true }));
    let chosen = ada
        .post("/api/workspaces/active", &json!({ "id": id }))
        .await;
    assert_eq!(chosen.json(), json!({ "ok": true }));

    let list = ada.get(WORKSPACES).await.json();
    let found = find(&list, &id);
    assert_eq!(found["name"], "Better plans");
    assert_eq!(found["description"], Value::Null);
    assert_eq!(found["role"], "owner");
    assert_eq!(found["isActive"], true);

    let removed = ada.json(Method::DELETE, &path, "").await;
    assert_eq!(removed.json(), json!({ "ok": true }));
    let list = ada.get(WORKSPACES).await.json();
    assert_eq!(find(&list, &id), &Value::Null);
}

fn find<'a>(list: &'a Value, id: &str) -> &'a Value {
    let found = list["workspaces"].as_array().expect("a list").iter();
    found
        .clone()
        .find(|workspace| workspace["id"] == id)
        .unwrap_or(&Value::Null)
}

#[tokio::test]
async fn a_workspace_needs_a_name() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await.browser;
    for body in [json!({}), json!({ "name": "  " }), json!({ "name": 7 })] {
        let answer = ada.post(WORKSPACES, &body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.message(), "Workspace name is required");
    }
}
