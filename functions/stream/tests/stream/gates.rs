//! The gates of a pull (sync contract, 3.1).

use http::Method;
use or3_domain::limits::Policies;

use crate::server::Server;

const OWN: &str = "/api/sync/stream?workspaceId=ws&cursor=0";

#[tokio::test]
async fn a_switched_off_stream_is_not_found() {
    let server = Server::with(false, Policies::standard()).await;
    assert_eq!(server.client.get(OWN).await.status, 404);
}

#[tokio::test]
async fn a_malformed_question_comes_before_the_session() {
    let server = Server::start().await;
    let answer = server.client.get("/api/sync/stream?workspaceId=ws").await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.message(), "Invalid stream request");
    assert!(answer.header("cache-control").contains("no-store"));
}

#[tokio::test]
async fn nobody_is_401_and_another_workspace_is_403() {
    let server = Server::start().await;
    assert_eq!(server.client.get(OWN).await.status, 401);
    let client = server.client.signed_in("alice");
    let other = "/api/sync/stream?workspaceId=other&cursor=0";
    assert_eq!(client.get(other).await.status, 403);
}

#[tokio::test]
async fn a_page_of_another_site_is_refused() {
    let server = Server::start().await;
    let client = server.client.signed_in("alice");
    let client = client.with_header("origin", "https://evil.example");
    assert_eq!(client.get(OWN).await.status, 403);
}

#[tokio::test]
async fn opening_has_a_budget_of_its_own() {
    let policies = Policies::standard().with("sync:stream", Some(1), None);
    let server = Server::with(true, policies).await;
    server.open("alice", "ws", 0).await;
    let answer = server.client.signed_in("alice").get(OWN).await;
    assert_eq!(answer.status, 429);
    assert_eq!(answer.header("retry-after"), "60");
}

#[tokio::test]
async fn the_answer_is_an_event_stream_that_nobody_keeps_or_holds_back() {
    let server = Server::start().await;
    let client = server.client.signed_in("alice");
    let answer = client.request(Method::GET, OWN, "").await;
    let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header("content-type"), "text/event-stream");
    assert_eq!(
        header("cache-control"),
        "no-store, no-cache, must-revalidate"
    );
    assert_eq!(header("x-accel-buffering"), "no");
    assert_eq!(header("x-ratelimit-limit"), "60");
    assert_eq!(header("x-ratelimit-remaining"), "60");
}
