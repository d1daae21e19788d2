//! Bodies: their ceilings, and text that JSON libraries refuse (sync contract, 3.2 and 5.7).

use http::Method;
use serde_json::json;

use crate::server::{Server, op, put, send};

#[tokio::test]
async fn a_push_of_four_mebibytes_is_read_and_seven_are_not() {
    let server = Server::start().await;
    let alice = server.alice();
    let large = |count: u32| {
        let ops = (0..count).map(|number| {
            let mut op = put(&format!("k{number}"), 1, number);
            op["payload"]["value"] = json!("x".repeat(200_000));
            op
        });
        json!({ "scope": { "workspaceId": "ws" }, "ops": ops.collect::<Vec<_>>() })
    };
    let read = send(&alice, "push", &large(20)).await;
    assert_eq!(
        (read.status.as_u16(), &read.json()["serverVersion"]),
        (200, &json!(20))
    );
    let refused = send(&alice, "push", &large(35)).await;
    assert_eq!(
        (refused.status.as_u16(), &*refused.message()),
        (413, "The request body is too large.")
    );
}

#[tokio::test]
async fn a_pull_request_ends_at_eight_kibibytes() {
    let server = Server::start().await;
    let padded = |length: usize| {
        let body = json!({ "scope": { "workspaceId": "ws" }, "cursor": 0, "limit": 1, "x": "" });
        let missing = length - body.to_string().len();
        let body = body
            .to_string()
            .replace("\"x\":\"\"", &format!("\"x\":\"{}\"", "y".repeat(missing)));
        assert_eq!(body.len(), length);
        body
    };
    let alice = server.alice();
    for (length, status) in [(8192, 200), (8193, 413)] {
        let answer = alice
            .send(Method::POST, "/api/sync/pull", padded(length))
            .await;
        assert_eq!(answer.status, status, "{length}");
    }
}

#[tokio::test]
async fn depth_and_half_surrogates_go_through_and_too_much_depth_is_refused_alone() {
    let server = Server::start().await;
    let alice = server.alice();
    let marker = |number: u32| {
        let mut op = put(&format!("k{number}"), 1, number);
        op["payload"]["value"] = json!(format!("@{number}@"));
        op
    };
    let body =
        json!({ "scope": { "workspaceId": "ws" }, "ops": [marker(1), marker(2), marker(3)] });
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let body = body
        .to_string()
        .replace("\"@1@\"", "\"cut \\ud83d\"")
        .replace("\"@2@\"", &nested(5000))
        .replace("\"@3@\"", &nested(20_000));
    let pushed = alice
        .send(Method::POST, "/api/sync/push", body)
        .await
        .json();
    assert_eq!(pushed["results"][1]["success"], true);
    assert_eq!(pushed["results"][2]["errorCode"], "VALIDATION_ERROR");
    let request = json!({ "scope": { "workspaceId": "ws" }, "cursor": 0, "limit": 9 });
    let pulled = send(&alice, "pull", &request).await;
    let text = String::from_utf8(pulled.body.to_vec()).expect("UTF-8");
    assert!(text.contains("\"cut \\ud83d\"") && text.contains(&nested(5000)));
}

#[tokio::test]
async fn ten_thousand_ops_are_refused_and_change_nothing() {
    let server = Server::start().await;
    let alice = server.alice();
    let ops: Vec<_> = (0..10_000)
        .map(|number| op("kv", "delete", "k", 1, number, None))
        .collect();
    let request = json!({ "scope": { "workspaceId": "ws" }, "ops": ops });
    let refused = send(&alice, "push", &request).await;
    assert_eq!(
        (refused.status.as_u16(), &*refused.message()),
        (400, "Invalid push request")
    );
    assert_eq!(crate::server::pull(&alice, 0).await["changes"], json!([]));
}

#[tokio::test]
async fn of_repeated_members_the_last_one_counts() {
    let server = Server::start().await;
    let alice = server.alice();
    let body = json!({ "scope": { "workspaceId": "ws" }, "ops": [put("k", 1, 1)] }).to_string();
    let body = body.replace("\"value\":1", "\"value\":\"first\",\"value\":\"last\"");
    let body = body.replacen("{\"", "{\"scope\":7,\"", 1);
    let pushed = alice.send(Method::POST, "/api/sync/push", body).await;
    assert_eq!(pushed.status, 200, "{}", pushed.message());
    let pulled = crate::server::pull(&alice, 0).await;
    assert_eq!(pulled["changes"][0]["payload"]["value"], "last");
}
