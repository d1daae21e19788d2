//! The same product with its limits in a DynamoDB table: `OR3_LIMITS_PROVIDER=dynamodb`.

use or3_testkit::{DynamoDbServer, Fate};
use or3_tests::Server;
use serde_json::json;

const THREE: &str = r#"{"auth:session":{"maxRequests":3}}"#;

/// A stack over `table`.
async fn stack(table: &DynamoDbServer) -> Server {
    let settings = table.settings();
    let settings = settings.iter().map(|(name, value)| (*name, value.as_str()));
    let mut settings: Vec<_> = settings.collect();
    settings.push(("OR3_RATE_LIMIT_OVERRIDES_JSON", THREE));
    // The timer would ask the table too.
    settings.push(("OR3_GC_INTERVAL_SECONDS", "0"));
    Server::with(&settings).await
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn two_stacks_that_share_nothing_else_share_the_budgets_of_a_table() {
    let Some(table) = DynamoDbServer::start().await else {
        return;
    };
    let (one, two) = (stack(&table).await, stack(&table).await);
    let ask = async |server: &Server| server.browser().get("/api/auth/session").await;
    for (server, left) in [(&one, "2"), (&two, "1"), (&one, "0")] {
        let answer = ask(server).await;
        assert_eq!(answer.status, 200, "{}", answer.message());
        assert_eq!(answer.header("x-ratelimit-remaining"), left);
    }
    for server in [&one, &two] {
        let refused = ask(server).await;
        assert_eq!(refused.status, 429);
        assert_ne!(refused.header("retry-after"), "");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_table_that_is_away_lets_nothing_pass_and_shows_in_a_deep_look() {
    let Some(table) = DynamoDbServer::start().await else {
        return;
    };
    let server = stack(&table).await;
    let away = || table.relay().next([Fate::Status(503); 3]);
    away();
    let answer = server.browser().get("/api/auth/session").await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("retry-after")),
        (503, "1")
    );
    assert_eq!(server.browser().get("/api/auth/session").await.status, 200);

    let look = async || server.browser().get("/api/health?deep=true").await.json();
    let well = json!({
        "available": true, "provider": "dynamodb",
        "checks": { "warnings": [], "errors": [] }, "details": {},
    });
    let seen = look().await;
    assert_eq!(
        (&seen["status"], &seen["providers"]["limits"]),
        (&json!("ok"), &well)
    );
    away();
    let seen = look().await;
    assert_eq!(seen["status"], "degraded");
    assert_eq!(seen["providers"]["limits"]["available"], false);
    assert_eq!(seen["providers"]["sync"]["available"], true);
}
