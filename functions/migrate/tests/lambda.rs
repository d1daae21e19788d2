//! The function as a process of Lambda.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use or3_testkit::Lambda;
use serde_json::json;

const BINARY: &str = env!("CARGO_BIN_EXE_migrate");

#[tokio::test]
async fn an_invocation_says_what_it_applied_and_one_of_a_process_says_that_it_started_cold() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("blobs")).expect("a volume");
    let data = folder.path().to_string_lossy();
    let mut function = Lambda::start(BINARY, &[("OR3_DATA_DIR", &*data)]).await;
    let time = Duration::from_mins(5);
    let first = function.invoke(&json!({}), time).await.expect("migrated");
    assert_ne!(first["applied"], 0, "{first}");
    let second = function.invoke(&json!({}), time).await.expect("migrated");
    assert_eq!(second["applied"], 0, "{second}");
    let events = function.logged("event");
    let cold: Vec<_> = events.iter().map(|line| &line["cold_start"]).collect();
    assert_eq!(cold, [true, false]);
    function.terminate();
    assert_eq!(function.ended().await.code(), Some(0));
}

/// The kernel accepts connections for a listener that never looks at them.
#[tokio::test]
async fn an_invocation_that_would_be_late_fails_with_words_before_lambda_ends_it() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("an address"));
    let function = Lambda::start(BINARY, &[("OR3_DATABASE_URL", &*url)]).await;
    let late = function
        .invoke(&json!({}), Duration::from_millis(1500))
        .await;
    let late = late.expect_err("nobody answers");
    let said = late["errorMessage"].as_str().unwrap_or_default();
    assert!(said.contains("raise the function's Timeout"), "{late}");
    assert_eq!(function.logged("event")[0]["error"], *said);
}
