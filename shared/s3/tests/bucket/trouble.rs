//! Trouble is never taken for absence, and passing trouble passes.

use or3_domain::health::Probe;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::BlobStore;
use or3_domain::store::StoreError;
use or3_s3::S3Probe;
use or3_testkit::{Fate, Relay, S3Server, blob_store_suite as suite};

use crate::{settings, store};

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_is_not_there_is_no_missing_file() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let elsewhere = settings(&server, &[("OR3_STORAGE_S3_BUCKET", "elsewhere")]);
    let store = store(&elsewhere);
    let key = suite::key_of(b"missing");
    assert!(matches!(store.stat(&key).await, Err(StoreError::Fault(_))));
    assert!(matches!(store.open(&key).await, Err(StoreError::Fault(_))));
    let listed = store.list(&WorkspaceId::new("ws"), None, 9).await;
    let error = listed.err().map(|error| error.to_string());
    assert!(error.is_some_and(|text| text.contains("NoSuchBucket")));
    let put = store.put(&key, 7, suite::body(b"missing", 7)).await;
    assert!(put.is_err());
    assert_eq!(S3Probe::new(&store).probe().await.errors.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_is_there_is_healthy_and_lacks_a_file() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let store = store(&settings(&server, &[]));
    let key = suite::key_of(b"missing");
    assert!(matches!(store.stat(&key).await, Ok(None)));
    assert!(S3Probe::new(&store).probe().await.errors.is_empty());
}

#[tokio::test]
async fn a_server_that_is_away_is_unavailable() {
    // Nobody listens on a port that was free a moment ago.
    let bound = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let url = format!("http://{}", bound.local_addr().expect("an address"));
    drop(bound);
    let settings = or3_settings::Environment::of([
        ("OR3_STORAGE_S3_BUCKET", "files"),
        ("OR3_STORAGE_S3_REGION", "us-east-1"),
        ("OR3_STORAGE_S3_ENDPOINT", &url),
        ("OR3_STORAGE_S3_ALLOW_INSECURE_HTTP", "true"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ]);
    let store = store(&settings.load().expect("settings"));
    let stat = store.stat(&suite::key_of(b"any")).await;
    assert!(matches!(stat, Err(StoreError::Unavailable(_))), "{stat:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_was_lost_is_asked_once_more() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let relay = Relay::before(&server.url()).await;
    let store = store(&settings(
        &server,
        &[("OR3_STORAGE_S3_ENDPOINT", &relay.url())],
    ));
    let list = async || store.list(&WorkspaceId::new("ws"), None, 9).await;
    for fate in [Fate::LoseRequest, Fate::LoseAnswer, Fate::Status(503)] {
        relay.next([fate]);
        assert!(list().await.is_ok(), "{fate:?}");
    }
    relay.next([Fate::Status(503), Fate::Status(503)]);
    assert!(matches!(list().await, Err(StoreError::Unavailable(_))));
    relay.next([Fate::Status(403)]);
    let before = relay.requests();
    assert!(matches!(list().await, Err(StoreError::Fault(_))));
    assert_eq!(relay.requests() - before, 1, "an answer is no loss");
}
