//! The super admin looks after workspaces and people (auth contract, 3.6 and 10.10; 15: 60 to 64).

use or3_testkit::Client;
use serde_json::{Value, json};

use crate::office::{HOME, Office, told};

async fn get(root: &Client, path: &str) -> Value {
    let answer = root.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.message());
    answer.json()
}

fn names(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().expect("items");
    let id = |item: &Value| {
        item["id"]
            .as_str()
            .or(item["userId"].as_str())
            .map(str::len)
    };
    assert!(items.iter().all(|item| id(item).is_some()));
    items
        .iter()
        .map(|item| item["ownerUserId"].as_str().unwrap_or_default())
        .collect()
}

#[tokio::test]
async fn workspaces_are_listed_in_pages_and_found_by_words() {
    let office = Office::new().await;
    let root = office.root();
    let all = get(&root, "/api/admin/workspaces").await;
    assert_eq!(all["total"], 4);
    assert_eq!(names(&all).len(), 4);
    let second = get(&root, "/api/admin/workspaces?perPage=3&page=2").await;
    assert_eq!(
        (second["total"].as_u64(), names(&second).len()),
        (Some(4), 1)
    );
    let none = get(&root, "/api/admin/workspaces?search=%25").await;
    assert_eq!(none, json!({"items": [], "total": 0}));
    let odd = get(&root, "/api/admin/workspaces?page=x&perPage=-1").await;
    assert_eq!(names(&odd).len(), 1);
    let first = &all["items"][0];
    assert_eq!(first["deleted"], false);
    assert!(first.get("deletedAt").is_none());
    assert_eq!(first["createdAt"], 1_767_225_600_000_u64);
}

#[tokio::test]
async fn a_workspace_is_made_shown_deleted_and_restored() {
    let office = Office::new().await;
    let root = office.root();
    let new = json!({"name": " New ", "description": "words", "ownerUserId": "eve"});
    let made = root.post("/api/admin/workspaces", &new).await;
    let id = made.json()["workspaceId"]
        .as_str()
        .expect("an id")
        .to_owned();
    let path = format!("/api/admin/workspaces/{id}");
    let shown = get(&root, &path).await;
    assert_eq!(shown["name"], "New");
    assert_eq!(
        shown["members"],
        json!([
            {"userId": "eve", "email": "eve@example.test", "role": "owner"}
        ])
    );
    assert_eq!(shown["guestAccessEnabled"], false);
    let done = json!({"success": true});
    let deleted = root.post(&format!("{path}/soft-delete"), &json!({})).await;
    assert_eq!(deleted.json(), done);
    assert_eq!(get(&root, "/api/admin/workspaces").await["total"], 4);
    let with = get(
        &root,
        "/api/admin/workspaces?includeDeleted=true&search=new",
    )
    .await;
    assert_eq!(with["items"][0]["deleted"], true);
    assert_eq!(get(&root, &path).await["deleted"], true);
    let restored = root.post(&format!("{path}/restore"), &json!({})).await;
    assert_eq!(restored.json(), done);
    assert_eq!(get(&root, "/api/admin/workspaces").await["total"], 5);
    let unknown = root.get("/api/admin/workspaces/nowhere").await;
    assert_eq!(told(&unknown), (404, "Workspace not found".to_owned()));
}

#[tokio::test]
async fn a_workspace_that_cannot_be_made_says_why() {
    let office = Office::new().await;
    let root = office.root();
    let long = "x".repeat(101);
    let wordy = "x".repeat(1001);
    for (body, status, text) in [
        (json!({}), 400, "Workspace name is required"),
        (json!({"name": "  "}), 400, "Workspace name is required"),
        (
            json!({"name": long}),
            400,
            "Workspace name must be under 100 characters",
        ),
        (
            json!({"name": "New", "description": wordy}),
            400,
            "Description must be under 1000 characters",
        ),
        (
            json!({"name": "New"}),
            400,
            "Valid owner user ID is required",
        ),
        (
            json!({"name": "New", "ownerUserId": "nobody"}),
            404,
            "Owner user not found",
        ),
    ] {
        let answer = root.post("/api/admin/workspaces", &body).await;
        assert_eq!(told(&answer), (status, text.to_owned()), "{body}");
    }
}

#[tokio::test]
async fn grants_are_given_listed_and_taken_back() {
    let office = Office::new().await;
    let root = office.root();
    let path = "/api/admin/admin-users";
    assert_eq!(get(&root, path).await, json!({"admins": []}));
    let eve = json!({"userId": "eve"});
    for _ in 0..2 {
        let granted = root.post(&format!("{path}/grant"), &eve).await;
        assert_eq!(granted.json(), json!({"success": true}));
    }
    let listed = get(&root, path).await;
    assert_eq!(
        listed["admins"],
        json!([
            {"userId": "eve", "email": "eve@example.test", "createdAt": 1_767_225_600_000_u64}
        ])
    );
    assert!(office.provision("eve").await.deployment_admin);
    for _ in 0..2 {
        let revoked = root.post(&format!("{path}/revoke"), &eve).await;
        assert_eq!(revoked.json(), json!({"success": true}));
    }
    assert!(!office.provision("eve").await.deployment_admin);
    for (change, body, status, text) in [
        ("grant", json!({}), 400, "User ID is required"),
        ("revoke", json!({"userId": " "}), 400, "User ID is required"),
        ("grant", json!({"userId": "nobody"}), 404, "User not found"),
    ] {
        let answer = root.post(&format!("{path}/{change}"), &body).await;
        assert_eq!(told(&answer), (status, text.to_owned()));
    }
}

#[tokio::test]
async fn people_are_found_by_the_contract_and_in_pages() {
    let office = Office::new().await;
    let root = office.root();
    let found = get(&root, "/api/admin/search-users?q=EVE@").await;
    assert_eq!(
        found,
        json!([{"userId": "eve", "email": "eve@example.test"}])
    );
    for blank in ["", "?q=", "?q=%20"] {
        let found = get(&root, &format!("/api/admin/search-users{blank}")).await;
        assert_eq!(found, json!([]));
    }
    let two = get(&root, "/api/admin/search-users?q=example&limit=2").await;
    assert_eq!(two.as_array().map(Vec::len), Some(2));
    let page = get(&root, "/api/admin/users?perPage=3&page=2").await;
    assert_eq!(page["total"], 4);
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
    let eve = get(&root, "/api/admin/users?search=eve").await;
    assert_eq!(eve["items"][0]["workspaceCount"], 2);
    assert_eq!(eve["items"][0]["isAdmin"], false);
}

#[tokio::test]
async fn owners_and_administrators_see_who_is_in_a_workspace() {
    let office = Office::new().await;
    let path = "/api/admin/workspace";
    let seen = office.page("ada").get(path).await.json();
    assert_eq!(
        seen["workspace"],
        json!({"id": HOME, "name": "My Workspace"})
    );
    assert_eq!(seen["role"], "owner");
    assert_eq!(seen["enabledPlugins"], json!([]));
    assert_eq!(seen["members"].as_array().map(Vec::len), Some(3));
    office.grant("vic");
    let seen = office.page("vic").get(path).await.json();
    assert_eq!(
        (&seen["role"], seen["members"].as_array().map(Vec::len)),
        (&json!("viewer"), Some(3))
    );
    let elsewhere = office
        .page("vic")
        .get(&format!("{path}?workspaceId=home%20of%20max"))
        .await;
    assert_eq!(elsewhere.status, 403);
    let seen = office
        .root()
        .get(&format!("{path}?workspaceId=home%20of%20max"))
        .await
        .json();
    assert_eq!(
        (&seen["role"], &seen["workspace"]["id"]),
        (&json!("owner"), &json!("home of max"))
    );
}

#[tokio::test]
async fn guests_are_let_in_and_out() {
    let office = Office::new().await;
    for enabled in [true, false] {
        let body = json!({"enabled": enabled});
        let set = office.post("ada", "guest-access/set", &body).await;
        assert_eq!(set.json(), json!({"ok": true}));
        let seen = office.page("ada").get("/api/admin/workspace").await.json();
        assert_eq!(seen["guestAccessEnabled"], enabled);
    }
    let odd = office
        .post("ada", "guest-access/set", &json!({"enabled": "yes"}))
        .await;
    assert_eq!(told(&odd), (400, "Invalid request".to_owned()));
}

#[tokio::test]
async fn the_super_admins_changes_share_a_budget() {
    let office = Office::new().await;
    let root = office.root();
    for _ in 0..10 {
        let answer = root
            .get(&format!("/api/admin/workspaces/{}", "nowhere"))
            .await;
        assert_eq!(answer.status, 404);
        let revoked = root
            .post("/api/admin/admin-users/revoke", &json!({"userId": "eve"}))
            .await;
        assert_eq!(revoked.status, 200);
    }
    for path in ["grant", "revoke"] {
        let path = format!("/api/admin/admin-users/{path}");
        let refused = root.post(&path, &json!({"userId": "eve"})).await;
        assert_eq!(told(&refused), (429, "Too many requests".to_owned()));
        assert!(!refused.header("retry-after").is_empty());
    }
    assert_eq!(
        root.get("/api/admin/workspaces").await.status,
        200,
        "not of that budget"
    );
    assert!(!office.provision("eve").await.deployment_admin);
}
