//! One `GET` for each fetch.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{ACCEPT, USER_AGENT};
use http::{Request, StatusCode};
use or3_domain::auth::oidc::{KeySet, KeySource};
use or3_outbound::{Client, Destination, Repeat, chain};

/// How it is asked. A request waits for the answer, which is a few dozen keys with their
/// certificates.
const ASKED: Destination = Destination {
    deadline: Duration::from_secs(3),
    patience: Duration::from_secs(3),
    largest: 128 * 1024,
    ..Destination::named("the identity provider")
};

/// Fetches a JWK set from one address. Redirects are not followed: the address is the one that
/// the deployment trusts, whose settings say whether it may do without TLS.
pub(crate) struct JwksClient {
    url: String,
    client: Client,
}

impl JwksClient {
    pub(crate) fn new(url: &str) -> Self {
        Self::with(url, ASKED)
    }

    fn with(url: &str, asked: Destination) -> Self {
        let destination = Destination {
            plain_http: url.starts_with("http:"),
            ..asked
        };
        Self {
            url: url.to_owned(),
            client: Client::new(destination),
        }
    }

    async fn document(&self) -> Result<Bytes, String> {
        let request = Request::get(&self.url)
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, "or3-edge")
            .body(Bytes::new())
            .map_err(|error| chain(&error))?;
        let answer = self.client.fetch(&request, Repeat::Safe).await;
        let answer = answer.map_err(|trouble| trouble.to_string())?;
        if answer.status() != StatusCode::OK {
            return Err(format!("it answered {}", answer.status()));
        }
        Ok(answer.into_body())
    }
}

#[async_trait]
impl KeySource for JwksClient {
    async fn fetch(&self) -> Result<KeySet, String> {
        KeySet::parse(&self.document().await?).map_err(|error| chain(&error))
    }
}

#[cfg(test)]
mod tests;
