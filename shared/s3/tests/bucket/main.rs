//! The s3 provider over a real S3 API.

mod contract;
mod trouble;
mod urls;

use std::sync::Arc;

use or3_domain::clock::SystemClock;
use or3_s3::S3Blobs;
use or3_settings::{Environment, S3};
use or3_testkit::S3Server;

/// The settings that choose `server`, with `changes`.
fn settings(server: &S3Server, changes: &[(&'static str, &str)]) -> S3 {
    let changes = changes
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    let pairs = server.settings().into_iter().chain(changes);
    Environment::of(pairs).load().expect("settings")
}

fn store(settings: &S3) -> S3Blobs {
    S3Blobs::new(settings, Arc::new(SystemClock)).expect("a store")
}
