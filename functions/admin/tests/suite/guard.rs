//! Who gets through, and from which pages (auth contract, 10.2, 10.3, 10.9 and 18, 4).

use std::collections::BTreeSet;
use std::time::Duration;

use admin::{CLASSIFIED, ROUTES};
use http::Method;
use or3_domain::access::Role;
use or3_domain::admin::{Class, Classified, Guard};
use or3_testkit::{Answer, Client, no_admins};
use serde_json::{Value, json};

use crate::office::{HOME, Office, told};

/// A body that every route accepts, on Ada's workspace or on the active one.
fn body(workspace: Option<&str>) -> Value {
    let mut body = json!({
        "emailOrProviderId": "eve@example.test", "userId": "eve", "role": "editor",
        "email": "new@example.test", "inviteId": "nothing", "enabled": true,
        "name": "New", "ownerUserId": "eve", "username": "nobody", "password": "wrong",
        "currentPassword": "wrong", "newPassword": "wrong",
    });
    if let Some(workspace) = workspace {
        body["workspaceId"] = json!(workspace);
    }
    body
}

async fn ask(client: &Client, route: &Classified, workspace: Option<&str>) -> Answer {
    let query = workspace.map_or_else(String::new, |id| format!("?workspaceId={id}"));
    let path = route.path.replace("{id}", HOME);
    let path = format!("{path}{query}").replace(' ', "%20");
    let method = Method::from_bytes(route.method.as_bytes()).expect("a method");
    let body = body(workspace).to_string();
    client.send(method, &path, body).await
}

/// The status of nobody, of members who are no owners, of the owner and of a user with a grant.
fn expected(guard: Guard) -> [u16; 4] {
    match guard {
        Guard::Credential => [401; 4],
        Guard::Anybody => [200; 4],
        Guard::AnyAdmin => [401, 401, 401, 200],
        Guard::SuperAdmin => [401, 401, 401, 403],
        Guard::Administrator => [401, 403, 403, 200],
        Guard::Owner => [401, 403, 200, 403],
        Guard::OwnerOrAdmin => [401, 403, 200, 200],
    }
}

#[test]
fn every_route_is_classified_once() {
    let classified: Vec<_> = CLASSIFIED
        .iter()
        .map(|row| (row.method, row.path))
        .collect();
    assert_eq!(classified, ROUTES);
    let once: BTreeSet<_> = classified.iter().collect();
    assert_eq!(once.len(), ROUTES.len());
    for row in CLASSIFIED {
        let changes = row.method != "GET";
        assert!(!changes || row.class != Class::Read, "{row:?}");
        assert!(!changes || row.also.contains("page"), "{row:?}");
    }
}

#[tokio::test]
async fn every_route_lets_through_whom_its_class_names() {
    for row in CLASSIFIED {
        let office = Office::new().await;
        office.grant("max");
        let [nobody, member, owner, granted] = expected(row.guard);
        let unknown = office.stranger().signed_in("unknown token");
        for (client, status) in [
            (office.stranger(), nobody),
            (unknown, nobody),
            (office.page("eve"), member),
            (office.page("vic"), member),
            (office.page("max"), granted),
            (office.page("ada"), owner),
        ] {
            // Nobody runs out of any budget.
            office.clock.advance(Duration::from_mins(5));
            let answer = ask(&client, row, None).await;
            let passed = answer.status == status || (status == 200 && answer.status == 404);
            assert!(passed, "{row:?}: {:?} is not {status}", told(&answer));
            assert_eq!(answer.header("cache-control"), "no-store", "{row:?}");
        }
        let answer = ask(&office.root(), row, Some(HOME)).await;
        let credential = row.path.ends_with("/login") || row.path.ends_with("/change-password");
        let passed = answer.status.is_success() || answer.message().ends_with(" not found");
        assert!(passed || credential, "{row:?}: {:?}", told(&answer));
    }
}

#[tokio::test]
async fn users_with_a_grant_hear_that_it_takes_more() {
    let office = Office::new().await;
    office.grant("vic");
    let text = "Forbidden: Super admin access required";
    for row in CLASSIFIED
        .iter()
        .filter(|row| row.guard == Guard::SuperAdmin)
    {
        let answer = ask(&office.page("vic"), row, None).await;
        assert_eq!(told(&answer), (403, text.to_owned()), "{row:?}");
        let answer = ask(&office.page("ada"), row, None).await;
        assert_eq!(told(&answer), (401, "Unauthorized".to_owned()), "{row:?}");
    }
}

#[tokio::test]
async fn nobody_acts_on_a_workspace_that_is_not_theirs() {
    let office = Office::new().await;
    let of_one = |row: &&Classified| matches!(row.guard, Guard::Owner | Guard::OwnerOrAdmin);
    for row in CLASSIFIED.iter().filter(of_one) {
        for (name, workspace) in [
            ("eve", HOME),
            ("vic", HOME),
            ("max", HOME),
            ("ada", "nowhere"),
            ("ada", "home of max"),
        ] {
            let answer = ask(&office.page(name), row, Some(workspace)).await;
            let forbidden = (403, "Forbidden".to_owned());
            assert_eq!(told(&answer), forbidden, "{name} {workspace} {row:?}");
        }
    }
    assert_eq!(office.role("eve").await, Some(Role::Editor));
}

#[tokio::test]
async fn the_super_admin_names_a_workspace_or_has_an_active_one() {
    let office = Office::new().await;
    let of_one = |row: &&Classified| matches!(row.guard, Guard::Owner | Guard::OwnerOrAdmin);
    for row in CLASSIFIED.iter().filter(of_one) {
        let lost = ask(&office.root(), row, Some("nowhere")).await;
        let unknown = (404, "Workspace not found".to_owned());
        assert_eq!(told(&lost), unknown, "{row:?}");
        let unresolved = ask(&office.root(), row, None).await;
        let text = "Workspace not resolved".to_owned();
        assert_eq!(told(&unresolved), (400, text), "{row:?}");
        let also = office.root().signed_in("ada");
        let answer = ask(&also, row, None).await;
        assert_ne!(
            answer.status, 400,
            "{row:?}: the active one of their session"
        );
    }
}

#[tokio::test]
async fn an_owner_passes_with_and_without_a_name() {
    let office = Office::new().await;
    let of_one = |row: &&Classified| matches!(row.guard, Guard::Owner | Guard::OwnerOrAdmin);
    for row in CLASSIFIED.iter().filter(of_one) {
        for workspace in [None, Some(HOME)] {
            let answer = ask(&office.page("ada"), row, workspace).await;
            let passed = matches!(answer.status.as_u16(), 200 | 404);
            assert!(passed, "{row:?}: {:?}", told(&answer));
        }
    }
}

#[tokio::test]
async fn without_a_super_admin_their_routes_do_not_exist() {
    let office = Office::new().await;
    office.grant("vic");
    let mut ports = office.ports.clone();
    ports.account = None;
    ports.admins = no_admins(office.clock.clone());
    let router = Client::new(admin::router(ports));
    let super_only = |row: &&Classified| {
        !matches!(
            row.guard,
            Guard::Owner | Guard::OwnerOrAdmin | Guard::Administrator
        )
    };
    for row in CLASSIFIED.iter().filter(super_only) {
        let forged = router.as_super_admin("root", &*office.clock);
        for client in [&router, &router.signed_in("vic"), &forged] {
            let answer = ask(client, row, None).await;
            assert_eq!(told(&answer), (404, "Not Found".to_owned()), "{row:?}");
        }
    }
}

#[tokio::test]
async fn the_super_admin_is_known_on_the_named_hosts_only() {
    let office = Office::new().await;
    let path = "/api/admin/auth/session";
    for (hosts, status) in [
        (vec!["OR3.test:8443".to_owned()], 200),
        (vec!["admin.example".to_owned()], 404),
    ] {
        let mut ports = office.ports.clone();
        ports.admins.allowed_hosts = hosts.into();
        let client = Client::new(admin::router(ports));
        let root = client.as_super_admin("root", &*office.clock);
        assert_eq!(root.get(path).await.status, status);
        let body = json!({"username": "root", "password": "wrong"});
        let tried = client.post("/api/admin/auth/login", &body).await;
        assert_eq!(tried.status == 404, status == 404);
    }
}

#[tokio::test]
async fn changes_of_the_deployment_are_made_from_own_pages_only() {
    let office = Office::new().await;
    let changes = |row: &&Classified| row.method != "GET" && row.guard == Guard::SuperAdmin;
    for row in CLASSIFIED.iter().filter(changes) {
        let root = office.root().without_header("x-or3-admin-intent");
        let bare = root.without_header("origin");
        for origin in ["https://evil.example", "http://or3.test:8080"] {
            let foreign = bare.with_header("origin", origin);
            let answer = ask(&foreign, row, Some(HOME)).await;
            let text = "Forbidden: Origin mismatch".to_owned();
            assert_eq!(told(&answer), (403, text), "{row:?} {origin}");
        }
        for own in [
            &root,
            &bare,
            &bare.with_header("origin", "http://or3.test:80"),
        ] {
            let answer = ask(own, row, Some(HOME)).await;
            assert_ne!(
                answer.status, 403,
                "{row:?}: the oldest clients send no intent"
            );
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
            "Forbidden: Origin validation failed",
        ),
        (
            intent.with_header("referer", "https://evil.example/x"),
            "Forbidden: Origin mismatch",
        ),
    ] {
        let answer = client.post(path, &body(None)).await;
        assert_eq!(told(&answer), (403, text.to_owned()));
        let root = client.as_super_admin("root", &*office.clock);
        let answer = root.post(path, &body(Some(HOME))).await;
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
