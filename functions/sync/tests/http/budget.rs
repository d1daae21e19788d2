//! Every endpoint at its limit (sync contract, 3.5 and 3.6).

use std::time::Duration;

use serde_json::json;

use crate::server::{Server, send};

#[tokio::test]
async fn every_endpoint_ends_at_its_limit_with_a_wait_that_is_rounded_up() {
    let server = Server::start().await;
    let alice = server.alice();
    let request = json!({
        "scope": { "workspaceId": "ws" }, "ops": [], "cursor": 0, "limit": 1, "pageSize": 1,
        "deviceId": "d", "version": 0,
    });
    let endpoints = [
        ("push", 200),
        ("pull", 120),
        ("snapshot", 120),
        ("update-cursor", 60),
    ];
    for (endpoint, limit) in endpoints {
        for left in (1..=limit).rev() {
            let answer = send(&alice, endpoint, &request).await;
            assert_eq!(answer.status, 200, "{endpoint}: {}", answer.message());
            assert_eq!(answer.header("x-ratelimit-remaining"), left.to_string());
        }
        server.clock.advance(Duration::from_millis(1));
        let refused = send(&alice, endpoint, &request).await;
        assert_eq!(refused.status, 429, "{endpoint}");
        assert_eq!(refused.message(), "Rate limit exceeded. Retry after 60s");
        assert_eq!(refused.header("retry-after"), "60", "59.999 s are left");
        assert!(refused.headers.get("x-ratelimit-limit").is_none());
        server.clock.advance(Duration::from_millis(58_999));
        let refused = send(&alice, endpoint, &request).await;
        assert_eq!(refused.header("retry-after"), "1");
        server.clock.advance(Duration::from_secs(1));
        assert_eq!(
            send(&alice, endpoint, &request).await.status,
            200,
            "{endpoint}"
        );
    }
}
