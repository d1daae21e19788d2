//! What the process has counted, for the pictures of `/admin`.

use std::time::Duration;

use or3_domain::clock::Clock;
use or3_domain::metrics::metrics;
use serde_json::Value;

use crate::office::Office;

async fn samples(office: &Office, query: &str) -> Vec<Value> {
    let path = format!("/api/admin/metrics/history{query}");
    let answer = office.root().get(&path).await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    let samples = answer.json()["samples"].as_array().cloned();
    samples.expect("a list")
}

#[tokio::test]
async fn the_history_is_what_was_sampled_within_the_time_that_is_asked_for() {
    let office = Office::new().await;
    let at = office.clock.now();
    metrics().history.sample(metrics(), at);
    let of_then = |samples: &[Value]| {
        let mut samples = samples.iter();
        samples.any(|sample| sample["atSeconds"] == at.seconds())
    };
    let found = samples(&office, "").await;
    assert!(of_then(&found), "{found:?}");
    for member in [
        "requests",
        "errors",
        "rateLimited",
        "p50Ms",
        "p95Ms",
        "roundTrips",
    ] {
        assert!(found[0][member].is_number(), "{member}");
    }
    office.clock.advance(Duration::from_hours(2));
    assert!(
        !of_then(&samples(&office, "").await),
        "an hour is the default"
    );
    assert!(of_then(&samples(&office, "?seconds=86400").await));
}
