//! `tests/events` has one event for every function, for `cargo lambda invoke --data-file`.

use or3_tests::FUNCTIONS;
use serde_json::Value;

use crate::repository;

#[test]
fn every_function_has_an_event_that_reaches_one_of_its_routes() {
    for function in FUNCTIONS {
        let file = format!("tests/events/{}.json", function.name);
        let event: Value = serde_json::from_str(&repository::text(&file)).expect("JSON");
        let request = &event["requestContext"]["http"];
        let reached = function.routes.iter().any(|(method, path)| {
            request["method"] == *method && request["path"] == *path && event["rawPath"] == *path
        });
        assert!(
            reached || function.routes.is_empty(),
            "{file} asks for no route of {}",
            function.name
        );
    }
}

#[test]
fn every_function_that_answers_requests_is_fed_the_events_of_gateways() {
    for function in FUNCTIONS
        .iter()
        .filter(|function| !function.routes.is_empty())
    {
        let folder = repository::path(&format!("functions/{}/tests", function.name));
        let binary = format!("env!(\"CARGO_BIN_EXE_{}\")", function.name);
        let tests: String = repository::rust_files(&folder)
            .iter()
            .map(|file| std::fs::read_to_string(file).expect("a test"))
            .collect();
        assert!(
            tests.contains(&binary) && tests.contains("suite.run().await"),
            "functions/{}/tests does not run or3_testkit::gateway_suite on its binary",
            function.name
        );
    }
}
