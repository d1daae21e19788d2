//! One `GET` for each fetch.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{ACCEPT, USER_AGENT};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use or3_domain::auth::oidc::{KeySet, KeySource};

/// How long a fetch may take, from looking up the name to the last byte: a request waits for it.
const TIMEOUT: Duration = Duration::from_secs(3);
/// The largest document that is read, in bytes: a few dozen keys with their certificates.
const MAX_BYTES: usize = 128 * 1024;

/// Fetches a JWK set from one address. Redirects are not followed: the address is the one that
/// the deployment trusts.
pub(crate) struct JwksClient {
    url: String,
    timeout: Duration,
}

impl JwksClient {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            timeout: TIMEOUT,
        }
    }

    async fn document(&self) -> Result<Bytes, String> {
        let request = Request::get(&self.url)
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, "or3-edge")
            .body(Empty::<Bytes>::new())
            .map_err(|error| said(&error))?;
        let answer = connect()?.request(request).await;
        let answer = answer.map_err(|error| said(&error))?;
        if answer.status() != StatusCode::OK {
            return Err(format!("it answered {}", answer.status()));
        }
        let body = Limited::new(answer.into_body(), MAX_BYTES).collect().await;
        Ok(body.map_err(|error| said(error.as_ref()))?.to_bytes())
    }
}

#[async_trait]
impl KeySource for JwksClient {
    async fn fetch(&self) -> Result<KeySet, String> {
        let document = tokio::time::timeout(self.timeout, self.document()).await;
        let document = document.map_err(|_| "it took too long".to_owned())??;
        KeySet::parse(&document).map_err(|error| said(&error))
    }
}

/// A connection for one request: minutes lie between two. The crypto provider is named here, so
/// that another one in the same binary changes nothing.
fn connect() -> Result<Pool<HttpsConnector<HttpConnector>, Empty<Bytes>>, String> {
    let connector = HttpsConnectorBuilder::new()
        .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
        .map_err(|error| said(&error))?
        .https_or_http()
        .enable_http1()
        .build();
    Ok(Pool::builder(TokioExecutor::new())
        .pool_max_idle_per_host(0)
        .build(connector))
}

/// An error with its causes; the outermost alone says only "client error".
fn said(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[cfg(test)]
mod tests;
