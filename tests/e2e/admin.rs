//! The super admin of a deployment, by URL: signs in, looks around, grants, deletes and restores.

use or3_tests::{Browser, Newcomer, Server};
use serde_json::{Value, json};

const PASSWORD: &str = "Correct Horse 1";

/// A server with a super admin.
async fn server() -> Server {
    let settings = [
        ("OR3_ADMIN_USERNAME", "root"),
        ("OR3_ADMIN_PASSWORD", PASSWORD),
    ];
    Server::with(&settings).await
}

async fn signed_in(server: &Server) -> Browser {
    let mut browser = server.browser();
    let login = json!({"username": "root", "password": PASSWORD});
    let answer = browser.post("/api/admin/auth/login", &login).await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    browser
}

async fn seen(browser: &mut Browser, path: &str) -> Value {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.message());
    answer.json()
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_super_admin_signs_in_and_out() {
    let server = server().await;
    let mut root = signed_in(&server).await;
    let who = seen(&mut root, "/api/admin/auth/session").await;
    assert_eq!(who, json!({"authenticated": true, "kind": "super_admin"}));
    let out = root.post("/api/admin/auth/logout", &json!({})).await;
    assert_eq!(out.json(), json!({"success": true}));
    assert_eq!(root.get("/api/admin/auth/session").await.status, 401);
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_deleted_workspace_is_out_of_reach_until_it_is_restored() {
    let server = server().await;
    let mut ada = Newcomer::of(&server).await;
    let mut root = signed_in(&server).await;
    let path = format!("/api/admin/workspaces/{}", ada.workspace);
    let deleted = root.post(&format!("{path}/soft-delete"), &json!({})).await;
    assert_eq!(deleted.json(), json!({"success": true}));
    let pull = json!({"scope": {"workspaceId": ada.workspace}, "cursor": 0, "limit": 10});
    assert_eq!(ada.browser.post("/api/sync/pull", &pull).await.status, 403);
    let session = ada.browser.get("/api/auth/session").await.json();
    assert_ne!(
        session["session"]["workspace"]["id"],
        ada.workspace.as_str()
    );
    let restored = root.post(&format!("{path}/restore"), &json!({})).await;
    assert_eq!(restored.json(), json!({"success": true}));
    let back = json!({"id": ada.workspace});
    let back = ada.browser.post("/api/workspaces/active", &back).await;
    assert_eq!(back.json(), json!({"ok": true}));
    assert_eq!(ada.browser.post("/api/sync/pull", &pull).await.status, 200);
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_grant_counts_at_once_and_until_it_is_taken_back() {
    let server = server().await;
    let mut ada = Newcomer::of(&server).await;
    let mut root = signed_in(&server).await;
    let path = format!("/api/admin/search-users?q={}", ada.email);
    let found = seen(&mut root, &path).await;
    let user = json!({"userId": found[0]["userId"]});
    let runs = "/api/admin/gc/runs";
    assert_eq!(ada.browser.get(runs).await.status, 403);
    root.post("/api/admin/admin-users/grant", &user).await;
    assert_eq!(ada.browser.get(runs).await.status, 200);
    let who = seen(&mut ada.browser, "/api/admin/auth/session").await;
    assert_eq!(who["kind"], "workspace_admin");
    root.post("/api/admin/admin-users/revoke", &user).await;
    assert_eq!(ada.browser.get(runs).await.status, 403);
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn status_and_configuration_show_what_is_in_force_and_no_secret() {
    let server = server().await;
    let mut root = signed_in(&server).await;
    let status = seen(&mut root, "/api/admin/system/status").await;
    for (kind, provider) in [
        ("auth", "basic-auth"),
        ("sync", "sqlite"),
        ("storage", "fs"),
    ] {
        assert_eq!(status["status"][kind]["provider"], provider);
        assert_eq!(status["status"][kind]["enabled"], true);
    }
    let config = seen(&mut root, "/api/admin/system/config/enriched").await;
    assert!(!config.to_string().contains(PASSWORD));
    let entries = config["entries"].as_array().expect("entries");
    let entry = |key: &str| {
        let found = entries.iter().find(|entry| entry["key"] == key);
        found.unwrap_or_else(|| panic!("{key}"))
    };
    for (key, value, source) in [
        ("OR3_ADMIN_USERNAME", json!("root"), "environment"),
        ("OR3_ADMIN_PASSWORD", json!("******"), "environment"),
        (
            "OR3_ADMIN_JWT_SECRET",
            json!("******"),
            "made by this process",
        ),
        ("OR3_GC_INTERVAL_SECONDS", json!(null), "default"),
    ] {
        assert_eq!(
            (&entry(key)["value"], &entry(key)["source"]),
            (&value, &json!(source)),
            "{key}"
        );
    }
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn the_audit_trail_tells_who_did_what_and_holds() {
    let server = server().await;
    let ada = Newcomer::of(&server).await;
    let mut root = signed_in(&server).await;
    let path = format!("/api/admin/search-users?q={}", ada.email);
    let user = seen(&mut root, &path).await[0]["userId"].clone();
    let grant = json!({"userId": user});
    root.post("/api/admin/admin-users/grant", &grant).await;
    let list = seen(&mut root, "/api/admin/audit").await;
    let entries = list["entries"].as_array().expect("entries");
    let actions: Vec<_> = entries.iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions, ["grant", "admin-sign-in", "register"]);
    assert_eq!(
        (&entries[0]["actor"], &entries[0]["target"]),
        (&json!("root"), &user)
    );
    let found = seen(&mut root, "/api/admin/audit/verify").await;
    assert_eq!((&found["holds"], &found["seq"]), (&json!(true), &json!(3)));
    assert_eq!(found["link"], entries[0]["link"]);
}
