//! The dynamodb provider of limits over a real API.

mod ledger;
mod limiter;
mod trouble;

use or3_settings::{DynamoDb, Environment};
use or3_testkit::DynamoDbServer;

/// The settings that choose `server`.
fn settings(server: &DynamoDbServer) -> DynamoDb {
    Environment::of(server.settings()).load().expect("settings")
}

/// Makes a test of every fact of a suite. What a fact takes is an expression over the settings.
macro_rules! on_a_table {
    ($suite:path, |$settings:ident| $port:expr; $($fact:ident),* $(,)?) => {
        use $suite as suite;
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $fact() {
            if let Some(server) = or3_testkit::DynamoDbServer::start().await {
                let $settings = $crate::settings(&server);
                suite::$fact($port.expect("a port")).await;
            }
        })*
    };
}
pub(crate) use on_a_table;
