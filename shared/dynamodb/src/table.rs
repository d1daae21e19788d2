//! The table, and signed requests to it.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use or3_aws::{Credentials, Signable, Signer, payload_hash};
use or3_domain::clock::{Clock, SystemClock};
use or3_domain::meter::round_trip;
use or3_domain::store::StoreError;
use or3_outbound::{Client, Destination, Repeat};
use or3_settings::DynamoDb;
use serde_json::{Value, json};

use crate::answer::{self, Outcome};

/// How the table is asked: a request of somebody waits for it. Every operation of ours is known
/// when it is repeated, or reads.
const ASKED: Destination = Destination {
    patience: Duration::from_secs(2),
    deadline: Duration::from_secs(5),
    tries: 3,
    says_later: answer::says_later,
    ..Destination::named("the table of limits")
};

/// What is wrong with a setting that only this provider can judge: the variable and the cure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSettings(String);

/// One table of one deployment.
pub(crate) struct Table {
    name: String,
    region: String,
    /// Host and, unless it is the scheme's own, port.
    authority: String,
    url: String,
    credentials: Credentials,
    client: Client,
}

impl Table {
    pub(crate) fn new(settings: &DynamoDb) -> Result<Self, InvalidSettings> {
        let (scheme, authority) = match &settings.endpoint {
            Some(endpoint) => (endpoint.scheme.as_str(), endpoint.authority.clone()),
            None => ("https", aws(&settings.region)),
        };
        let destination = Destination {
            plain_http: scheme == "http",
            ..ASKED
        };
        Ok(Self {
            name: settings.table.clone(),
            region: settings.region.clone(),
            url: format!("{scheme}://{authority}/"),
            authority,
            credentials: Credentials::of(&settings.credentials).map_err(InvalidSettings)?,
            client: Client::new(destination),
        })
    }

    /// Asks for `operation`, for instance `UpdateItem`, of this table: one round trip.
    pub(crate) async fn ask(
        &self,
        operation: &str,
        mut body: Value,
    ) -> Result<Outcome, StoreError> {
        body["TableName"] = json!(self.name);
        let request = self.request(operation, body.to_string())?;
        let _trip = round_trip();
        let answer = self.client.fetch(&request, Repeat::Safe).await?;
        answer::read(&answer)
    }

    /// The item of `key` as it is now, or `null`.
    pub(crate) async fn item(&self, key: &Value) -> Result<Value, StoreError> {
        let get = json!({ "Key": key, "ConsistentRead": true });
        let mut answer = self.ask("GetItem", get).await?.done()?;
        Ok(answer["Item"].take())
    }

    fn request(&self, operation: &str, body: String) -> Result<Request<Bytes>, StoreError> {
        let now = SystemClock.now();
        // Ended credentials are trouble that is known before anything is sent.
        self.credentials.lifetime(Duration::MAX, now)?;
        let signable = Signable {
            method: "POST",
            path: "/",
            query: Vec::new(),
            headers: vec![
                ("content-type", "application/x-amz-json-1.0".to_owned()),
                ("host", self.authority.clone()),
                ("x-amz-target", format!("DynamoDB_20120810.{operation}")),
            ],
        };
        let signer = Signer {
            credentials: &self.credentials,
            region: &self.region,
            service: "dynamodb",
            at: now,
        };
        let mut request = Request::post(&self.url);
        for (name, value) in signer.authorized(signable, &payload_hash(body.as_bytes())) {
            request = request.header(name, value);
        }
        let request = request.body(body.into());
        request.map_err(|error| StoreError::Fault(error.to_string()))
    }
}

fn aws(region: &str) -> String {
    let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
    format!("dynamodb.{region}.amazonaws.com{suffix}")
}
