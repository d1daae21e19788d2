//! A table for tests: `moto_server` speaks DynamoDB as well as S3.

use or3_relay::Relay;
use serde_json::json;

use crate::s3_server::S3Server;

/// A running server with an empty table; dropping it ends the process.
///
/// DynamoDB changes an item one request after the other. This server would mix requests up that
/// come together, so that they pass a relay that lets one through at a time.
pub struct DynamoDbServer {
    server: S3Server,
    relay: Relay,
}

impl DynamoDbServer {
    /// The table that there is.
    pub const TABLE: &str = "or3-limits";

    /// Starts a server with an empty table, like that of `template.yaml`; `None` where no server
    /// is installed.
    ///
    /// # Panics
    ///
    /// When the server does not start or makes no table, and when there is none although `CI` is
    /// `true`.
    pub async fn start() -> Option<Self> {
        let server = S3Server::start()?;
        let part = |name, kind| json!({ "AttributeName": name, "KeyType": kind });
        let text = |name| json!({ "AttributeName": name, "AttributeType": "S" });
        let create = json!({
            "TableName": Self::TABLE,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [text("pk"), text("sk")],
            "KeySchema": [part("pk", "HASH"), part("sk", "RANGE")],
        });
        let headers = [
            ("content-type", "application/x-amz-json-1.0"),
            ("x-amz-target", "DynamoDB_20120810.CreateTable"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/dynamodb/aws4_request",
            ),
        ];
        let url = format!("{}/", server.url());
        let made = server.send("POST", &url, &headers, create.to_string().as_bytes());
        assert_eq!(made.status, 200, "{}", String::from_utf8_lossy(&made.body));
        let relay = Relay::one_at_a_time(&server.url()).await;
        Some(Self { server, relay })
    }

    /// The network before the server, for losing requests and counting them.
    pub fn relay(&self) -> &Relay {
        &self.relay
    }

    /// Method and path of the requests that the server has answered: see [`S3Server::requests`].
    pub fn requests(&self, count: usize) -> Vec<String> {
        self.server.requests(count)
    }

    /// The variables that choose this server for limits.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("OR3_LIMITS_PROVIDER", "dynamodb".to_owned()),
            ("OR3_LIMITS_DYNAMODB_TABLE", Self::TABLE.to_owned()),
            ("OR3_LIMITS_DYNAMODB_REGION", "us-east-1".to_owned()),
            ("OR3_LIMITS_DYNAMODB_ENDPOINT", self.relay.url()),
            ("OR3_LIMITS_DYNAMODB_ALLOW_INSECURE_HTTP", "true".to_owned()),
            ("OR3_LIMITS_DYNAMODB_ACCESS_KEY_ID", "key".to_owned()),
            ("OR3_LIMITS_DYNAMODB_SECRET_ACCESS_KEY", "secret".to_owned()),
        ]
    }
}
