//! The function as a process of Lambda.

use or3_testkit::Gateway;
use or3_testkit::gateway_suite::Suite;

#[tokio::test]
async fn requests_come_through_every_gateway_and_nothing_else_is_one() {
    let suite = Suite {
        binary: env!("CARGO_BIN_EXE_pages"),
        routes: ::pages::ROUTES,
        gateways: &Gateway::ALL,
        jobs: &[],
    };
    suite.run().await;
}
