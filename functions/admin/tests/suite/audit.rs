//! What is written down of what people do, and who sees it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::office::{HOME, Office, ROOT, ROOTS_PASSWORD};

const PATH: &str = "/api/admin/audit";

async fn listed(office: &Office, query: &str) -> Value {
    let answer = office.root().get(&format!("{PATH}{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    answer.json()
}

/// Action, actor, target, workspace and detail of each entry, the newest first.
fn told(list: &Value) -> Vec<[String; 5]> {
    let entries = list["entries"].as_array().expect("entries");
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let members = ["action", "actor", "target", "workspaceId", "detail"];
    entries
        .iter()
        .map(|entry| members.map(|name| text(entry, name)))
        .collect()
}

fn row(members: [&str; 5]) -> [String; 5] {
    members.map(str::to_owned)
}

#[tokio::test]
async fn everything_that_changes_something_is_written_down_with_who_did_it() {
    let office = Office::new().await;
    let root = office.root();
    let before = told(&listed(&office, "").await).len();
    let max = json!({"emailOrProviderId": "max@example.test", "role": "viewer"});
    office.post("ada", "members/upsert", &max).await;
    let editor = json!({"userId": "max", "role": "editor"});
    office.post("ada", "members/set-role", &editor).await;
    let gone = json!({"userId": "max", "workspaceId": HOME});
    root.post("/api/admin/workspace/members/remove", &gone)
        .await;
    let invite = json!({"email": "new@example.test"});
    let invite = office.post("ada", "invites/create", &invite).await.json();
    let invite = invite["invite"]["id"].as_str().expect("an id").to_owned();
    office
        .post("ada", "invites/revoke", &json!({"inviteId": invite}))
        .await;
    office
        .post("ada", "guest-access/set", &json!({"enabled": true}))
        .await;
    let eve = json!({"userId": "eve"});
    root.post("/api/admin/admin-users/grant", &eve).await;
    root.post("/api/admin/admin-users/revoke", &eve).await;
    let path = format!("/api/admin/workspaces/{}", HOME.replace(' ', "%20"));
    root.post(&format!("{path}/soft-delete"), &json!({})).await;
    root.post(&format!("{path}/restore"), &json!({})).await;
    let list = listed(&office, "").await;
    let mut rows = told(&list);
    rows.truncate(rows.len() - before);
    rows.reverse();
    assert_eq!(
        rows,
        [
            row(["member-add", "ada", "max@example.test", HOME, "viewer"]),
            row(["member-role", "ada", "max", HOME, "editor"]),
            row(["member-remove", "root", "max", HOME, ""]),
            row(["invite-create", "ada", "new@example.test", HOME, "viewer"]),
            row(["invite-revoke", "ada", &invite, HOME, ""]),
            row(["guest-access", "ada", "", HOME, "true"]),
            row(["grant", "root", "eve", "", ""]),
            row(["revoke", "root", "eve", "", ""]),
            row(["workspace-delete", "root", HOME, "", ""]),
            row(["workspace-restore", "root", HOME, "", ""]),
        ]
    );
    let entry = &list["entries"][0];
    assert_eq!(entry["ipAddress"], "127.0.0.1");
    assert!(entry["requestId"].as_str().is_some_and(|id| !id.is_empty()));
    assert!(entry["link"].as_str().is_some_and(|link| link.len() == 64));
}

#[tokio::test]
async fn what_changes_nothing_is_not_written_down() {
    let office = Office::new().await;
    let root = office.root();
    let before = told(&listed(&office, "").await).len();
    let demote = json!({"userId": "ada", "role": "viewer"});
    for (name, path, body) in [
        ("eve", "members/set-role", &demote),
        ("ada", "members/set-role", &demote),
        ("ada", "members/remove", &json!({"userId": "nobody"})),
        (
            "ada",
            "members/upsert",
            &json!({"emailOrProviderId": "nobody", "role": "viewer"}),
        ),
        (
            "vic",
            "invites/create",
            &json!({"email": "new@example.test"}),
        ),
        ("ada", "invites/revoke", &json!({"inviteId": "nothing"})),
        ("eve", "guest-access/set", &json!({"enabled": true})),
    ] {
        let answer = office.post(name, path, body).await;
        assert!(answer.status.is_client_error(), "{path}");
    }
    root.post("/api/admin/admin-users/revoke", &json!({"userId": "eve"}))
        .await;
    root.post("/api/admin/admin-users/grant", &json!({"userId": "nobody"}))
        .await;
    root.post("/api/admin/workspaces/nowhere/soft-delete", &json!({}))
        .await;
    let path = format!("/api/admin/workspaces/{}/restore", HOME.replace(' ', "%20"));
    root.post(&path, &json!({})).await;
    assert_eq!(told(&listed(&office, "").await).len(), before);
}

#[tokio::test]
async fn signing_in_as_the_super_admin_is_written_down_also_when_it_fails() {
    let office = Office::new().await;
    for (username, password) in [(ROOT, "wrong"), ("other", "wrong"), (ROOT, ROOTS_PASSWORD)] {
        let body = json!({"username": username, "password": password});
        office.stranger().post("/api/admin/auth/login", &body).await;
    }
    let rows = told(&listed(&office, "?limit=3").await);
    assert_eq!(
        rows,
        [
            row(["admin-sign-in", "root", "root", "", ""]),
            row(["admin-sign-in-failed", "", "other", "", ""]),
            row(["admin-sign-in-failed", "", "root", "", ""]),
        ]
    );
    let text = listed(&office, "").await.to_string();
    assert!(!text.contains("wrong") && !text.contains(ROOTS_PASSWORD));
}

#[tokio::test]
async fn entries_come_in_pages_and_by_action() {
    let office = Office::new().await;
    let root = office.root();
    for _ in 0..3 {
        for change in ["grant", "revoke"] {
            let path = format!("/api/admin/admin-users/{change}");
            root.post(&path, &json!({"userId": "eve"})).await;
        }
    }
    let mut seen = Vec::new();
    let mut query = "?limit=2&action=grant".to_owned();
    loop {
        let page = listed(&office, &query).await;
        let entries = page["entries"].as_array().expect("entries").clone();
        seen.extend(
            entries
                .iter()
                .map(|entry| entry["seq"].as_i64().expect("a number")),
        );
        let Some(cursor) = page["nextCursor"].as_str() else {
            break;
        };
        query = format!("?limit=2&action=grant&cursor={cursor}");
    }
    assert_eq!(seen.len(), 3);
    assert!(seen.is_sorted_by(|one, two| one > two), "{seen:?}");
    for odd in ["?action=nothing", "?cursor=x"] {
        let answer = root.get(&format!("{PATH}{odd}")).await;
        assert_eq!(answer.status, 400, "{odd}");
    }
}

#[tokio::test]
async fn the_chain_is_looked_at_on_request() {
    let office = Office::new().await;
    let root = office.root();
    root.post("/api/admin/admin-users/grant", &json!({"userId": "eve"}))
        .await;
    office.clock.advance(Duration::from_mins(2));
    let path = format!("{PATH}/verify");
    let found = root.get(&path).await.json();
    assert_eq!(
        (&found["holds"], &found["broken"]),
        (&json!(true), &json!(null))
    );
    assert_eq!(found["nextCursor"], json!(null));
    assert_eq!(found["entries"], found["seq"]);
    let cursor = format!(
        "{}.{}",
        found["seq"],
        found["link"].as_str().expect("a link")
    );
    let again = root.get(&format!("{path}?cursor={cursor}")).await.json();
    assert_eq!(
        (&again["holds"], &again["entries"]),
        (&json!(true), &json!(0))
    );
    let forged = format!("{}.{}", found["seq"], "0".repeat(64));
    let forged = root.get(&format!("{path}?cursor={forged}")).await.json();
    assert_eq!(forged["broken"]["seq"], found["seq"]);
    assert_eq!(root.get(&format!("{path}?cursor=x")).await.status, 400);
}
