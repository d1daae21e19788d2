//! Which vectors there are, and which of them a better server departs from.

use std::path::PathBuf;

use serde_json::Value;

use crate::replay::replay;

/// Recorded defects of the original; what is answered instead is asserted elsewhere (sync
/// contract, 7.4 and 10).
const DEPARTURES: [&str; 2] = [
    "http-duplicate-op-id-in-batch",
    "notification-delete-without-owner",
];

fn vectors() -> Vec<Value> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors/sync");
    let entries = std::fs::read_dir(folder).expect("the vectors are part of the repository");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON"))
        .collect()
}

#[tokio::test]
async fn every_normative_vector_is_answered_as_recorded() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 70);
    let mut failed = Vec::new();
    for vector in vectors.iter().filter(|vector| vector["normative"] == true) {
        if let Err(difference) = replay(vector).await {
            failed.push(format!("{}: {difference}", vector["name"]));
        }
    }
    assert!(
        failed.is_empty(),
        "{} failed:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

#[tokio::test]
async fn a_falsified_recording_is_noticed() {
    let mut vectors = vectors();
    let vector = vectors
        .iter_mut()
        .find(|vector| vector["name"] == "lww-clock")
        .expect("the vector");
    let result = &mut vector["steps"][1]["response"]["results"][0];
    let applied = result["applied"].as_bool().expect("a flag");
    result["applied"] = (!applied).into();
    let difference = replay(vector).await.expect_err("it differs");
    assert!(
        difference.starts_with("step 1: $.results[0].applied"),
        "{difference}"
    );
}

#[test]
fn only_the_known_departures_are_not_replayed() {
    let vectors = vectors();
    let departures: Vec<_> = vectors
        .iter()
        .filter(|vector| vector["normative"] == false)
        .filter_map(|vector| vector["name"].as_str())
        .collect();
    assert_eq!(departures, DEPARTURES);
}
