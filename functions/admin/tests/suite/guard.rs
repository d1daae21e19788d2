//! Who gets through, and from which pages (auth contract, 10.2, 10.3 and 18, 4).

use admin::ROUTES;
use http::Method;
use or3_domain::access::Role;
use or3_testkit::{Answer, Client};
use serde_json::{Value, json};

use crate::office::{HOME, Office, told};

/// A body that every route accepts, on Ada's workspace or on the active one.
fn body(workspace: Option<&str>) -> Value {
    let mut body = json!({
        "emailOrProviderId": "eve@example.test", "userId": "eve", "role": "editor",
        "email": "new@example.test", "inviteId": "nothing",
    });
    if let Some(workspace) = workspace {
        body["workspaceId"] = json!(workspace);
    }
    body
}

async fn ask(client: &Client, (method, path): (&str, &str), workspace: Option<&str>) -> Answer {
    let query = workspace.map_or_else(String::new, |id| format!("?workspaceId={id}"));
    let path = format!("{path}{query}").replace(' ', "%20");
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let body = body(workspace).to_string();
    client.send(method, &path, body).await
}

#[tokio::test]
async fn every_route_asks_who_is_there_and_what_they_own() {
    let office = Office::new().await;
    for route in ROUTES {
        let answer = ask(&office.stranger(), *route, None).await;
        assert_eq!(told(&answer), (401, "Unauthorized".to_owned()), "{route:?}");
        let unknown = office.stranger().signed_in("unknown token");
        assert_eq!(ask(&unknown, *route, None).await.status, 401, "{route:?}");
        for name in ["eve", "vic"] {
            let answer = ask(&office.page(name), *route, None).await;
            assert_eq!(
                told(&answer),
                (403, "Forbidden".to_owned()),
                "{name} {route:?}"
            );
        }
        for name in ["eve", "vic", "max"] {
            let answer = ask(&office.page(name), *route, Some(HOME)).await;
            assert_eq!(
                told(&answer),
                (403, "Forbidden".to_owned()),
                "{name} {route:?}"
            );
        }
        let nowhere = ask(&office.page("ada"), *route, Some("nowhere")).await;
        assert_eq!(told(&nowhere), (403, "Forbidden".to_owned()), "{route:?}");
    }
    assert_eq!(office.role("eve").await, Some(Role::Editor));
}

#[tokio::test]
async fn an_owner_passes_with_and_without_a_name() {
    let office = Office::new().await;
    let of_a_workspace = |(_, path): &&(&str, &str)| path.starts_with("/api/admin/workspace/");
    for route in ROUTES.iter().filter(of_a_workspace) {
        for workspace in [None, Some(HOME)] {
            let answer = ask(&office.page("ada"), *route, workspace).await;
            let passed = matches!(answer.status.as_u16(), 200 | 404);
            assert!(passed, "{route:?}: {:?}", told(&answer));
        }
    }
}

#[tokio::test]
async fn changes_to_members_need_the_intent_and_the_page_of_an_own_host() {
    let office = Office::new().await;
    let path = "/api/admin/workspace/members/upsert";
    let page = office.stranger().signed_in("ada");
    let intent = page.with_header("x-or3-admin-intent", "admin");
    for (client, text) in [
        (
            page.with_header("origin", "http://or3.test"),
            "Forbidden: Missing admin intent",
        ),
        (
            page.with_header("x-or3-admin-intent", "other"),
            "Forbidden: Missing admin intent",
        ),
        (intent.clone(), "Forbidden: Origin validation failed"),
        (
            intent.with_header("origin", "https://evil.example"),
            "Forbidden: Origin mismatch",
        ),
        (
            intent.with_header("origin", "null"),
            "Forbidden: Origin mismatch",
        ),
        (
            intent.with_header("referer", "https://evil.example/x"),
            "Forbidden: Origin mismatch",
        ),
    ] {
        let answer = client.post(path, &body(None)).await;
        assert_eq!(told(&answer), (403, text.to_owned()));
    }
    let referred = intent.with_header("referer", "http://or3.test/settings");
    assert_eq!(referred.post(path, &body(None)).await.status, 200);
}

#[tokio::test]
async fn changes_to_invites_need_no_intent_but_no_foreign_page_either() {
    let office = Office::new().await;
    let path = "/api/admin/workspace/invites/create";
    let page = office.stranger().signed_in("ada");
    assert_eq!(page.post(path, &body(None)).await.status, 200);
    let foreign = page.with_header("origin", "https://evil.example");
    let answer = foreign.post(path, &body(None)).await;
    assert_eq!(
        told(&answer),
        (403, "Forbidden: Origin mismatch".to_owned())
    );
}
