//! The HTTP side: one pool of connections to one server, made when first used.

use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client as Pool, Error as PoolError};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use or3_domain::store::StoreError;
use or3_settings::Secret;

use super::failure;

type Http = Pool<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(3);
/// How long an unused connection is kept. Short, because what lies between a frozen function and
/// its server forgets connections without saying so.
const IDLE: Duration = Duration::from_secs(15);

/// Sends pipelines to one server.
pub(crate) struct Client {
    pipeline: Uri,
    token: Option<HeaderValue>,
    http: OnceLock<Result<Http, String>>,
}

/// Why a request has no answer.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Nothing of the request has left this process.
    NotSent(StoreError),
    /// The server may have done what was asked, or not.
    Unknown(StoreError),
    /// The server answered, and not with a result.
    Refused(StoreError),
}

impl Trouble {
    pub(super) fn into_error(self) -> StoreError {
        match self {
            Self::NotSent(error) | Self::Unknown(error) | Self::Refused(error) => error,
        }
    }
}

impl Client {
    /// A client of the server at `url`, with scheme `http` or `https`.
    ///
    /// # Errors
    ///
    /// A sentence, when the address or the token cannot be used at all.
    pub(crate) fn new(url: &str, token: Option<&Secret>) -> Result<Self, String> {
        let base = url.split('?').next().unwrap_or(url).trim_end_matches('/');
        let pipeline: Uri = format!("{base}/v3/pipeline")
            .parse()
            .map_err(|error| format!("is not an address ({error})"))?;
        if pipeline.host().is_none_or(str::is_empty) {
            return Err("names no host".to_owned());
        }
        Ok(Self {
            pipeline,
            token: token.map(bearer).transpose()?,
            http: OnceLock::new(),
        })
    }

    /// Sends one pipeline and returns the body of the answer.
    ///
    /// A pooled connection that turns out to be dead before the request was written is replaced
    /// by a new one without the caller's doing.
    pub(super) async fn post(&self, body: Bytes) -> Result<Bytes, Trouble> {
        let request = self.request(body).map_err(Trouble::NotSent)?;
        let http = self.http.get_or_init(connect).as_ref();
        let http = http.map_err(|error| Trouble::NotSent(StoreError::Fault(error.clone())))?;
        let answer = http.request(request).await.map_err(|error| sort(&error))?;
        let status = answer.status();
        if status != StatusCode::OK {
            return Err(Trouble::Refused(failure::of_status(status)));
        }
        let body = answer.into_body().collect().await;
        let body = body.map_err(|error| Trouble::Unknown(cut_off(&error)))?;
        Ok(body.to_bytes())
    }

    fn request(&self, body: Bytes) -> Result<Request<Full<Bytes>>, StoreError> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.pipeline.clone())
            .header(CONTENT_TYPE, "application/json");
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token);
        }
        let request = request.body(Full::new(body));
        request.map_err(|error| StoreError::Fault(error.to_string()))
    }
}

fn bearer(token: &Secret) -> Result<HeaderValue, String> {
    let value = HeaderValue::try_from(format!("Bearer {}", token.expose()));
    let mut value = value.map_err(|_| "has a token that no header can carry".to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}

/// The pool. The crypto provider is named here, so that another one in the same binary changes
/// nothing.
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

fn sort(error: &PoolError) -> Trouble {
    let text = StoreError::Unavailable(chain(error));
    if error.is_connect() {
        Trouble::NotSent(text)
    } else {
        Trouble::Unknown(text)
    }
}

fn cut_off(error: &(dyn std::error::Error + 'static)) -> StoreError {
    StoreError::Unavailable(format!("the answer broke off: {}", chain(error)))
}

/// An error with its causes; the outermost alone says only "client error".
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pipeline_stands_below_whatever_path_the_address_has() {
        for (url, pipeline) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v3/pipeline"),
            (
                "https://db.example/tenant/",
                "https://db.example/tenant/v3/pipeline",
            ),
            ("https://db.example?tls=1", "https://db.example/v3/pipeline"),
        ] {
            let client = Client::new(url, None).expect(url);
            assert_eq!(client.pipeline.to_string(), pipeline);
        }
    }

    #[test]
    fn what_is_no_address_or_token_is_said_before_anything_is_sent() {
        assert!(Client::new("http://", None).is_err());
        assert!(Client::new("http://a b", None).is_err());
        let token = Secret::new("two\nlines");
        assert!(Client::new("http://db.example", Some(&token)).is_err());
    }
}
