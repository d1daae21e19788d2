//! The HTTP side: one pool of connections, made when first used.

use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use or3_domain::store::StoreError;

use crate::failure::{self, chain};

/// The body of a request; its error is the sender's own.
pub(crate) type Body = UnsyncBoxBody<Bytes, BrokenOff>;

/// The body of a request stopped coming, or was not what was announced.
#[derive(Debug, thiserror::Error)]
#[error("the body broke off")]
pub(crate) struct BrokenOff;

type Http = Pool<HttpsConnector<HttpConnector>, Body>;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(3);
/// How long an unused connection is kept. Short, because what lies between a frozen function and
/// its store forgets connections without saying so.
const IDLE: Duration = Duration::from_secs(15);
/// How long an answer's head, or its next piece, may take to come.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer that is read as a whole, in bytes: a list of a thousand names.
const LARGEST: usize = 2 * 1024 * 1024;

/// Sends requests.
#[derive(Default)]
pub(crate) struct Client {
    http: OnceLock<Result<Http, String>>,
}

impl Client {
    /// Sends a request whose body comes at its sender's pace; the answer's head may take as long
    /// as the body takes.
    pub(crate) async fn send(
        &self,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, StoreError> {
        let http = self.http.get_or_init(connect).as_ref();
        let http = http.map_err(|error| StoreError::Fault(error.clone()))?;
        let answer = http.request(request).await;
        answer.map_err(|error| StoreError::Unavailable(chain(&error)))
    }

    /// Sends a request without a body.
    pub(crate) async fn ask(
        &self,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, StoreError> {
        in_time(self.send(request)).await?
    }
}

/// What `answer` holds, where it is short.
pub(crate) async fn whole(answer: Response<Incoming>) -> Result<Bytes, StoreError> {
    let body = in_time(Limited::new(answer.into_body(), LARGEST).collect()).await?;
    match body {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) => Err(cut_off(error.as_ref())),
    }
}

/// The error that `answer` stands for.
pub(crate) async fn refusal(answer: Response<Incoming>, doing: &str) -> StoreError {
    let status = answer.status();
    match whole(answer).await {
        Ok(body) => failure::of(status, &body, doing),
        Err(_) => failure::of(status, b"", doing),
    }
}

/// The outcome of `work`, unless the store is silent for too long.
pub(crate) async fn in_time<T>(work: impl Future<Output = T>) -> Result<T, StoreError> {
    let silent = |_| StoreError::Unavailable("the bucket does not answer".to_owned());
    tokio::time::timeout(PATIENCE, work).await.map_err(silent)
}

/// An answer that broke off.
pub(crate) fn cut_off(error: &(dyn std::error::Error + 'static)) -> StoreError {
    StoreError::Unavailable(format!("the answer broke off: {}", chain(error)))
}

/// No body.
pub(crate) fn nothing() -> Body {
    Empty::new().map_err(|never| match never {}).boxed_unsync()
}

/// The crypto provider is named here, so that another one in the same binary changes nothing.
fn connect() -> Result<Http, String> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(CONNECT));
    let connector = HttpsConnectorBuilder::new()
        .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
        .map_err(|error| error.to_string())?
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp);
    Ok(Pool::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .build(connector))
}
