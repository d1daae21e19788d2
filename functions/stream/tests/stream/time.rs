//! When it is told.

use tokio::time::Instant;

use crate::server::{HEARTBEAT, LIFETIME, LOOK, Server};

#[tokio::test(start_paused = true)]
async fn silence_is_broken_by_a_comment() {
    let server = Server::start().await;
    let mut events = server.open("alice", "ws", 0).await;
    let opened = Instant::now();
    assert_eq!(events.next().await.as_deref(), Some(": still here"));
    assert_eq!(opened.elapsed(), HEARTBEAT);
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_after_its_lifetime_and_says_when_to_come_back() {
    let server = Server::start().await;
    let mut events = server.open("alice", "ws", 0).await;
    let opened = Instant::now();
    let mut last = None;
    while let Some(block) = events.next().await {
        last = Some(block);
    }
    assert_eq!(last.as_deref(), Some("retry: 1000"));
    assert_eq!(opened.elapsed(), LIFETIME);
}

#[tokio::test(start_paused = true)]
async fn who_loses_access_hears_nothing_after_the_next_heartbeat() {
    let server = Server::start().await;
    let mut events = server.open("alice", "ws", 0).await;
    server.sign_in("alice", "elsewhere");
    let opened = Instant::now();
    assert_eq!(events.next().await.as_deref(), Some("retry: 1000"));
    assert_eq!(events.next().await, None);
    assert_eq!(opened.elapsed(), HEARTBEAT);
}

#[tokio::test(start_paused = true)]
async fn all_streams_of_a_process_share_one_look_an_interval() {
    let server = Server::start().await;
    server.sign_in("bob", "other");
    let mut streams = Vec::new();
    for _ in 0..5 {
        streams.push(server.open("alice", "ws", 0).await);
        streams.push(server.open("bob", "other", 0).await);
    }
    let before = server.heads.asked();
    assert_eq!(before, 10, "opening looks once");
    let silence = streams.iter_mut().map(|events| Box::pin(events.next()));
    futures_util::future::join_all(silence).await;
    let looks = HEARTBEAT.as_secs() / LOOK.as_secs();
    let asked = u64::try_from(server.heads.asked() - before).expect("few");
    assert!((looks - 1..=looks).contains(&asked), "{asked} looks");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_is_asked_again() {
    let server = Server::start().await;
    let mut events = server.open("alice", "ws", 0).await;
    server.heads.be_away(true);
    assert_eq!(events.next().await.as_deref(), Some(": still here"));
    server.heads.be_away(false);
    server.heads.set("ws", 2);
    assert_eq!(events.version().await, Some(2));
}

#[tokio::test(start_paused = true)]
async fn nobody_looks_when_nobody_listens() {
    let server = Server::start().await;
    drop(server.open("alice", "ws", 0).await);
    let asked = server.heads.asked();
    tokio::time::advance(10 * LOOK).await;
    assert_eq!(server.heads.asked(), asked);
    assert!(server.news.listened_to().is_empty());
}
