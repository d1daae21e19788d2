//! Trouble is said, and never taken for room in a budget.

use or3_domain::clock::Timestamp;
use or3_domain::limits::Policy;
use or3_domain::store::StoreError;
use or3_settings::DynamoDb;
use or3_testkit::{DynamoDbServer, Fate};

use crate::settings;

const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);
const ONE: Policy = Policy::per_minute("test:one", 1);

async fn ask(settings: &DynamoDb) -> Result<(), StoreError> {
    let limiter = or3_dynamodb::rate_limiter(settings).expect("a limiter");
    limiter.admit("ada", &ONE, NOW).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_not_there_is_a_fault() {
    let Some(server) = DynamoDbServer::start().await else {
        return;
    };
    let elsewhere = DynamoDb {
        table: "elsewhere".to_owned(),
        ..settings(&server)
    };
    let asked = ask(&elsewhere).await;
    assert!(matches!(asked, Err(StoreError::Fault(_))), "{asked:?}");
    let probe = or3_dynamodb::probe(&elsewhere).expect("a probe");
    assert_eq!(probe.probe().await.errors.len(), 1);
    let probe = or3_dynamodb::probe(&settings(&server)).expect("a probe");
    assert!(probe.probe().await.errors.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_away_is_unavailable_and_one_that_comes_back_is_used() {
    let Some(server) = DynamoDbServer::start().await else {
        return;
    };
    server.relay().next([Fate::Status(503); 3]);
    let asked = ask(&settings(&server)).await;
    assert!(
        matches!(asked, Err(StoreError::Unavailable(_))),
        "{asked:?}"
    );
    server.relay().next([Fate::LoseRequest, Fate::Status(500)]);
    assert!(ask(&settings(&server)).await.is_ok(), "the third try");
}
