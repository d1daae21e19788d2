//! A client for a router in memory.

use axum::Router;
use axum::body::Body;
use http::header::{CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use or3_http::{AuthCookies, HttpPolicy, Peer, standard};
use serde_json::Value;
use tower::ServiceExt;

/// Sends requests to a router under the standard layers, as a person with cookies.
#[derive(Clone)]
pub struct Client {
    router: Router,
    cookies: Vec<(String, String)>,
    headers: Vec<(String, String)>,
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: bytes::Bytes,
}

impl Answer {
    /// The body as JSON, or `null` when it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A header as text, or empty.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// All `Set-Cookie` lines in order.
    pub fn set_cookies(&self) -> Vec<&str> {
        let lines = self.headers.get_all(SET_COOKIE).iter();
        lines.filter_map(|line| line.to_str().ok()).collect()
    }

    /// The `message` of an error body.
    pub fn message(&self) -> String {
        self.json()["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

/// Status and text of an error, to be compared with [`says`].
pub fn told(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.message())
}

/// What [`told`] gives of an error with this status and text.
pub fn says(status: u16, text: &str) -> (u16, String) {
    (status, text.to_owned())
}

impl Client {
    /// A client of `router` under the standard layers with default policy.
    pub fn new(router: Router) -> Self {
        Self::with_policy(router, HttpPolicy::default())
    }

    /// A client of `router` under the standard layers.
    pub fn with_policy(router: Router, policy: HttpPolicy) -> Self {
        Self {
            router: standard(router, policy),
            cookies: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// The same router for somebody whose access cookie is `token`.
    #[must_use]
    pub fn signed_in(&self, token: &str) -> Self {
        self.with_cookie(AuthCookies::ACCESS, token)
    }

    /// The same client with one more cookie.
    #[must_use]
    pub fn with_cookie(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.cookies.retain(|(present, _)| present != name);
        client.cookies.push((name.to_owned(), value.to_owned()));
        client
    }

    /// The same client with one more header on every request.
    #[must_use]
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// The same client without a header that it sends otherwise.
    #[must_use]
    pub fn without_header(&self, name: &str) -> Self {
        let mut client = self.clone();
        client.headers.retain(|(present, _)| present != name);
        client
    }

    /// Sends a `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty()).await
    }

    /// Sends a JSON `POST`.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.with_header(CONTENT_TYPE.as_str(), "application/json")
            .send(Method::POST, path, body.to_string())
            .await
    }

    /// Sends anything.
    ///
    /// # Panics
    ///
    /// When the parts make no request, or the answer's body breaks off.
    #[expect(
        clippy::expect_used,
        reason = "a test that cannot send its request must fail"
    )]
    pub async fn send(&self, method: Method, path: &str, body: impl Into<Body>) -> Answer {
        let (parts, body) = self.request(method, path, body).await.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// Sends anything; the answer's body is still to be read.
    ///
    /// # Panics
    ///
    /// When the parts make no request.
    #[expect(
        clippy::expect_used,
        reason = "a test that cannot send its request must fail"
    )]
    pub async fn request(
        &self,
        method: Method,
        path: &str,
        body: impl Into<Body>,
    ) -> http::Response<Body> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "or3.test");
        if !self.cookies.is_empty() {
            let pairs = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            request = request.header(COOKIE, pairs.collect::<Vec<_>>().join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let peer = Peer(std::net::IpAddr::from([127, 0, 0, 1]));
        let request = request
            .extension(peer)
            .body(body.into())
            .expect("a request");
        let answer = self.router.clone().oneshot(request).await;
        answer.expect("routers do not fail")
    }
}
