//! The function as a process of Lambda.

use or3_testkit::Gateway;
use or3_testkit::gateway_suite::Suite;

#[tokio::test]
async fn requests_come_through_a_function_url_and_nothing_else_is_one() {
    let suite = Suite {
        binary: env!("CARGO_BIN_EXE_stream"),
        routes: ::stream::ROUTES,
        gateways: &[Gateway::FunctionUrl],
        jobs: &[],
    };
    suite.run().await;
}
