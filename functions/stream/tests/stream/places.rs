//! How many streams a user may have.

use crate::server::Server;

const OWN: &str = "/api/sync/stream?workspaceId=ws&cursor=0";

#[tokio::test(start_paused = true)]
async fn a_user_has_twenty_streams_and_an_ended_one_makes_room() {
    let server = Server::start().await;
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(server.open("alice", "ws", 0).await);
    }
    let alice = server.client.signed_in("alice");
    let refused = alice.get(OWN).await;
    assert_eq!(refused.status, 429, "{}", refused.message());
    server.sign_in("bob", "ws");
    server.open("bob", "ws", 0).await;

    while open[0].next().await.is_some() {}
    server.open("alice", "ws", 0).await;
}

#[tokio::test]
async fn a_client_that_goes_away_makes_room() {
    let server = Server::start().await;
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(server.open("alice", "ws", 0).await);
    }
    drop(open.pop());
    // The place is handed back in the background: this yields until it is.
    let alice = server.client.signed_in("alice");
    for _ in 0..30 {
        let answer = alice.request(http::Method::GET, OWN, "").await;
        if answer.status() == 200 {
            return;
        }
    }
    panic!("no place was handed back");
}
