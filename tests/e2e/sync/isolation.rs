//! Who sees whose rows, with real sessions and memberships (sync contract, 3.1 and 3.3).

use http::Method;
use or3_tests::{Browser, Newcomer, Server, Writer};
use serde_json::{Value, json};

use crate::http_rules::assert_never_kept;

const PUSH: &str = "/api/sync/push";
const PULL: &str = "/api/sync/pull";

async fn pull(browser: &mut Browser, workspace: &str) -> (u16, Value) {
    let question = json!({ "scope": { "workspaceId": workspace }, "cursor": 0, "limit": 100 });
    let answer = browser.post(PULL, &question).await;
    assert_never_kept(&answer);
    (answer.status.as_u16(), answer.json()["changes"].clone())
}

async fn push(browser: &mut Browser, workspace: &str, title: &str) -> u16 {
    let ops = [Writer::default().thread("t1", title)];
    let batch = json!({ "scope": { "workspaceId": workspace }, "ops": ops });
    browser.post(PUSH, &batch).await.status.as_u16()
}

/// What an owner does with the people of the active workspace.
async fn manage(owner: &mut Browser, path: &str, body: &Value) {
    let path = format!("/api/admin/workspace/members/{path}");
    let origin = owner.origin().to_owned();
    let headers = [
        ("content-type", "application/json"),
        ("x-or3-admin-intent", "admin"),
        ("origin", &*origin),
    ];
    let answer = owner
        .send(Method::POST, &path, &headers, body.to_string())
        .await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.message());
}

#[tokio::test]
async fn members_of_one_workspace_never_get_rows_of_another() {
    let server = Server::start().await;
    let (mut ada, mut bob) = (Newcomer::of(&server).await, Newcomer::of(&server).await);
    assert_eq!(push(&mut ada.browser, &ada.workspace, "Ada's").await, 200);
    assert_eq!(push(&mut bob.browser, &bob.workspace, "Bob's").await, 200);
    for (one, title) in [(&mut ada, "Ada's"), (&mut bob, "Bob's")] {
        let (status, own) = pull(&mut one.browser, &one.workspace).await;
        assert_eq!((status, own.as_array().map(Vec::len)), (200, Some(1)));
        assert_eq!(own[0]["payload"]["title"], title);
    }
    let foreign = pull(&mut bob.browser, &ada.workspace).await;
    assert_eq!(foreign, (403, Value::Null));
    assert_eq!(push(&mut bob.browser, &ada.workspace, "Bob's").await, 403);
}

#[tokio::test]
async fn a_member_reads_what_is_active_and_nothing_at_once_after_being_removed() {
    let server = Server::start().await;
    let (mut ada, mut bob) = (Newcomer::of(&server).await, Newcomer::of(&server).await);
    assert_eq!(push(&mut ada.browser, &ada.workspace, "Shared").await, 200);
    let session = bob.browser.get("/api/auth/session").await.json();
    let user = session["session"]["user"]["id"].clone();
    let person = json!({ "emailOrProviderId": bob.email, "role": "viewer" });
    manage(&mut ada.browser, "upsert", &person).await;
    assert_eq!(
        pull(&mut bob.browser, &ada.workspace).await.0,
        403,
        "a member, not active"
    );

    let chosen = json!({ "id": ada.workspace });
    let chosen = bob.browser.post("/api/workspaces/active", &chosen).await;
    assert_eq!(chosen.status, 200, "{}", chosen.message());
    let (status, changes) = pull(&mut bob.browser, &ada.workspace).await;
    assert_eq!(
        (status, &changes[0]["payload"]["title"]),
        (200, &json!("Shared"))
    );
    assert_eq!(
        push(&mut bob.browser, &ada.workspace, "No").await,
        403,
        "a viewer"
    );

    manage(&mut ada.browser, "remove", &json!({ "userId": user })).await;
    let (status, changes) = pull(&mut bob.browser, &ada.workspace).await;
    assert!([401, 403].contains(&status), "{status}");
    assert_eq!(changes, Value::Null);
}
