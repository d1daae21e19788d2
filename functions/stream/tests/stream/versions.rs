//! What is told.

use or3_domain::ids::WorkspaceId;
use or3_testkit::EventReader;

use crate::server::Server;

#[tokio::test(start_paused = true)]
async fn who_is_behind_hears_of_the_head_at_once() {
    let server = Server::start().await;
    server.heads.set("ws", 7);
    let mut events = server.open("alice", "ws", 3).await;
    let event = "event: version\nid: 7\ndata: {\"serverVersion\":7}";
    assert_eq!(events.next().await.as_deref(), Some(event));
}

#[tokio::test(start_paused = true)]
async fn who_has_the_head_hears_of_the_next_one() {
    let server = Server::start().await;
    server.heads.set("ws", 7);
    let mut events = server.open("alice", "ws", 7).await;
    server.heads.set("ws", 9);
    assert_eq!(events.version().await, Some(9));
}

#[tokio::test(start_paused = true)]
async fn a_browser_that_comes_back_says_what_it_heard_last() {
    let server = Server::start().await;
    server.heads.set("ws", 9);
    let client = server.client.signed_in("alice");
    let client = client.with_header("last-event-id", "9");
    let path = "/api/sync/stream?workspaceId=ws&cursor=3";
    let answer = client.request(http::Method::GET, path, "").await;
    let mut events = EventReader::new(answer.into_body());
    server.heads.set("ws", 10);
    assert_eq!(events.version().await, Some(10));
}

#[tokio::test(start_paused = true)]
async fn what_this_process_writes_is_told_without_looking() {
    let server = Server::start().await;
    let mut events = server.open("alice", "ws", 0).await;
    let asked = server.heads.asked();
    server.news.announce(&WorkspaceId::new("ws"), 4);
    assert_eq!(events.version().await, Some(4));
    assert_eq!(server.heads.asked(), asked);
}

#[tokio::test(start_paused = true)]
async fn a_workspace_hears_only_of_itself() {
    let server = Server::start().await;
    server.sign_in("bob", "other");
    let mut other = server.open("bob", "other", 0).await;
    let mut own = server.open("alice", "ws", 0).await;
    server.heads.set("ws", 5);
    assert_eq!(own.version().await, Some(5));
    server.heads.set("other", 1);
    assert_eq!(other.version().await, Some(1));
}

#[tokio::test(start_paused = true)]
async fn closing_the_news_ends_every_stream() {
    let server = Server::start().await;
    let mut open = server.open("alice", "ws", 0).await;
    server.news.close();
    assert_eq!(open.next().await.as_deref(), Some("retry: 1000"));
    assert_eq!(open.next().await, None);
    let mut late = server.open("alice", "ws", 0).await;
    assert_eq!(late.next().await.as_deref(), Some("retry: 1000"));
}
