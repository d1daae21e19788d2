//! `GET /api/health` (auth contract, 3.4).

use or3_tests::Server;
use serde_json::json;

#[tokio::test]
async fn health_says_ok_with_the_time_and_nothing_else() {
    let server = Server::start().await;
    let answer = server.browser().get("/api/health").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    let body = answer.json();
    assert_eq!(body["status"], "ok");
    assert!(
        body["timestamp"]
            .as_str()
            .is_some_and(|at| at.ends_with('Z'))
    );
    assert!(
        body["uptime"]
            .as_f64()
            .is_some_and(|seconds| seconds >= 0.0)
    );
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(3));
}

#[tokio::test]
async fn a_deep_look_names_the_default_providers() {
    let server = Server::start().await;
    let answer = server.browser().get("/api/health?deep=true").await;
    assert_eq!(answer.status, 200);
    let providers = &answer.json()["providers"];
    for (kind, id) in [
        ("sync", "sqlite"),
        ("storage", "fs"),
        ("auth", "basic-auth"),
    ] {
        assert_eq!(providers[kind]["provider"], id);
        assert_eq!(providers[kind]["available"], json!(true), "{kind}");
    }
}
