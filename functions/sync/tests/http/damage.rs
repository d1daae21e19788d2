//! A database file that is damaged waits for its operator, and clients wait with it (sync contract,
//! 21.1): any answer but 503 would cost them their edits.

use std::path::Path;

use serde_json::json;

use crate::server::{Server, push, put, send};

/// Overwrites the second half of the file, where the rows are.
fn spoil(path: &Path) {
    let mut bytes = std::fs::read(path).expect("a database");
    let half = bytes.len() / 2;
    bytes[half..].fill(0xFF);
    std::fs::write(path, bytes).expect("spoilt");
}

#[tokio::test]
async fn pages_that_are_damaged_are_503_so_that_clients_keep_their_edits() {
    let server = Server::start().await;
    for batch in 0..5 {
        let numbers = batch * 100..batch * 100 + 100;
        let ops: Vec<_> = numbers
            .map(|number| put(&format!("k{number}"), 1, number))
            .collect();
        push(&server.alice(), &ops).await;
    }
    let server = server.after(spoil);
    let alice = server.alice();
    let scope = json!({ "workspaceId": "ws" });
    for (endpoint, body) in [
        (
            "push",
            json!({ "scope": scope, "ops": [put("k1", 2, 1000)] }),
        ),
        (
            "pull",
            json!({ "scope": scope, "cursor": 0, "limit": 1000 }),
        ),
    ] {
        let answer = send(&alice, endpoint, &body).await;
        assert_eq!(answer.status, 503, "{endpoint}: {}", answer.message());
        assert_eq!(answer.message(), "Service Unavailable");
        assert!(answer.headers.contains_key("retry-after"), "{endpoint}");
    }
}
