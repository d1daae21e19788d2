//! Who may pass, and in which order that is decided (sync contract, 3.1).

use http::Method;
use or3_domain::access::Role;
use or3_testkit::Client;
use serde_json::{Value, json};

use crate::server::{Server, push, put, send};

const ENDPOINTS: [(&str, &str); 4] = [
    ("push", "Invalid push request"),
    ("pull", "Invalid pull request"),
    ("snapshot", "Invalid snapshot request"),
    ("update-cursor", "Invalid cursor request"),
];

/// A body that every endpoint takes.
fn request(workspace: &str) -> Value {
    json!({
        "scope": { "workspaceId": workspace }, "ops": [], "cursor": 0, "limit": 1, "pageSize": 1,
        "deviceId": "d", "version": 0,
    })
}

async fn text(client: &Client, endpoint: &str, body: &str) -> (u16, String) {
    let path = format!("/api/sync/{endpoint}");
    let answer = client.send(Method::POST, &path, body.to_owned()).await;
    (answer.status.as_u16(), answer.message())
}

#[tokio::test]
async fn switched_off_means_not_found_before_anything_else() {
    let server = Server::start().await;
    for (endpoint, _) in ENDPOINTS {
        assert_eq!(
            text(&server.switched_off(), endpoint, "{").await,
            (404, "Not Found".to_owned())
        );
    }
}

#[tokio::test]
async fn malformed_bodies_are_400_even_for_strangers() {
    let server = Server::start().await;
    let nobody = server.alice().signed_in("nobody");
    for (endpoint, invalid) in ENDPOINTS {
        for body in ["", "{", "\"\\q\"", "nul"] {
            let (status, message) = text(&nobody, endpoint, body).await;
            assert_eq!(
                (status, &*message),
                (400, "The request body must be valid JSON."),
                "{body}"
            );
        }
        for body in ["null", "[]", "{}", r#"{"scope":{"workspaceId":""}}"#] {
            assert_eq!(
                text(&nobody, endpoint, body).await,
                (400, invalid.to_owned()),
                "{body}"
            );
        }
    }
}

#[tokio::test]
async fn strangers_are_401_and_other_workspaces_403() {
    let server = Server::start().await;
    let alice = server.alice();
    for (endpoint, _) in ENDPOINTS {
        let nobody = send(&alice.signed_in("nobody"), endpoint, &request("ws")).await;
        assert_eq!(
            (nobody.status.as_u16(), &*nobody.message()),
            (401, "Unauthorized")
        );
        let elsewhere = send(&alice, endpoint, &request("other")).await;
        assert_eq!(
            (elsewhere.status.as_u16(), &*elsewhere.message()),
            (403, "Forbidden")
        );
        assert!(elsewhere.headers.get("x-ratelimit-limit").is_none());
        assert_eq!(
            send(&alice, endpoint, &request(" ws ")).await.status,
            200,
            "{endpoint}"
        );
    }
}

#[tokio::test]
async fn a_viewer_reads_and_does_not_write() {
    let server = Server::start().await;
    let viewer = server.client("vera", Role::Viewer);
    for (endpoint, _) in ENDPOINTS {
        let wanted = if endpoint == "push" { 403 } else { 200 };
        assert_eq!(
            send(&viewer, endpoint, &request("ws")).await.status,
            wanted,
            "{endpoint}"
        );
    }
}

#[tokio::test]
async fn pages_of_other_sites_may_not_send_anything() {
    let server = Server::start().await;
    let elsewhere = server.alice().with_header("origin", "https://evil.example");
    for (endpoint, _) in ENDPOINTS {
        assert_eq!(send(&elsewhere, endpoint, &request("ws")).await.status, 403);
    }
    let own = server.alice().with_header("origin", "http://or3.test");
    assert_eq!(send(&own, "push", &request("ws")).await.status, 200);
}

#[tokio::test]
async fn answers_are_never_kept_and_say_what_is_left() {
    let server = Server::start().await;
    let alice = server.alice();
    let limits = [
        ("push", "200"),
        ("pull", "120"),
        ("snapshot", "120"),
        ("update-cursor", "60"),
    ];
    for (endpoint, limit) in limits {
        let answer = send(&alice, endpoint, &request("ws")).await;
        assert_eq!(answer.header("x-ratelimit-limit"), limit);
        assert_eq!(
            answer.header("x-ratelimit-remaining"),
            limit,
            "before this one counts"
        );
        if endpoint != "update-cursor" {
            assert_eq!(
                answer.header("cache-control"),
                "no-store, no-cache, must-revalidate"
            );
            assert_eq!(answer.header("pragma"), "no-cache");
        }
    }
}

#[tokio::test]
async fn failures_of_cursor_and_snapshot_do_not_count() {
    let server = Server::start().await;
    let alice = server.alice();
    let mut beyond = request("ws");
    beyond["version"] = json!(7);
    beyond["pageToken"] = json!("no token");
    for endpoint in ["update-cursor", "snapshot"] {
        let refused = send(&alice, endpoint, &beyond).await;
        assert_eq!(refused.status, 400);
        let limit = refused.header("x-ratelimit-limit").to_owned();
        let next = send(&alice, endpoint, &request("ws")).await;
        assert_eq!(next.header("x-ratelimit-remaining"), limit);
    }
}

#[tokio::test]
async fn the_budget_of_a_minute_is_used_up_and_opens_again() {
    let server = Server::start().await;
    let alice = server.alice();
    for _ in 0..120 {
        assert_eq!(send(&alice, "pull", &request("ws")).await.status, 200);
    }
    let refused = send(&alice, "pull", &request("ws")).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.message(), "Rate limit exceeded. Retry after 60s");
    assert_eq!(refused.header("retry-after"), "60");
    let bob = server.client("bob", Role::Viewer);
    assert_eq!(
        send(&bob, "pull", &request("ws")).await.status,
        200,
        "another user"
    );
    push(&alice, &[put("k", 1, 1)]).await;
    server.clock.advance(std::time::Duration::from_mins(1));
    assert_eq!(send(&alice, "pull", &request("ws")).await.status, 200);
}
