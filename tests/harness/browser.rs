//! A client with a cookie jar.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use or3_testkit::{Answer, EventReader};
use serde_json::Value;

use crate::documented::assert_documented;

/// What a client repeats (docs/operations/faults.md).
const REPEATED: [StatusCode; 4] = [
    StatusCode::TOO_MANY_REQUESTS,
    StatusCode::BAD_GATEWAY,
    StatusCode::SERVICE_UNAVAILABLE,
    StatusCode::GATEWAY_TIMEOUT,
];

/// One person on one device: keeps the cookies that the server sets and sends them back. Follows
/// no redirects.
#[derive(Clone)]
pub struct Browser {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    base: String,
    cookies: BTreeMap<String, String>,
    tries: usize,
}

impl Browser {
    pub(crate) fn new(base: &str) -> Self {
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .build();
        Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            base: base.to_owned(),
            cookies: BTreeMap::new(),
            tries: 1,
        }
    }

    /// The same, who repeats up to so many times what a gateway or a server says may be repeated.
    #[must_use]
    pub fn trying(self, tries: usize) -> Self {
        Self { tries, ..self }
    }

    /// Where the server is: what a page of its own would name as its origin.
    pub fn origin(&self) -> &str {
        &self.base
    }

    /// The value of a cookie in the jar.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Puts a cookie into the jar, or takes it out when `value` is empty.
    pub fn keep(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Sends a `GET`.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Bytes::new()).await
    }

    /// Sends a `POST` with `body` as JSON.
    pub async fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.json(Method::POST, path, body.to_string()).await
    }

    /// [`post`](Self::post), again when the server says that it may be sent again. All tests
    /// together are one client to a deployment that lasts, and use up budgets there.
    pub async fn post_patiently(&mut self, path: &str, body: &Value) -> Answer {
        loop {
            let answer = self.post(path, body).await;
            let pause = answer.header("retry-after").parse();
            match pause {
                Ok(seconds) if answer.status == StatusCode::TOO_MANY_REQUESTS => {
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                }
                _ => return answer,
            }
        }
    }

    /// Sends `text` under the content type of JSON, whether or not it is JSON.
    pub async fn json(&mut self, method: Method, path: &str, text: impl Into<Bytes>) -> Answer {
        let headers = [(CONTENT_TYPE.as_str(), "application/json")];
        self.send(method, path, &headers, text).await
    }

    /// Sends anything to a path of the server, or to a whole URL that it gave out.
    ///
    /// # Panics
    ///
    /// When the parts make no request, or no whole answer comes back.
    #[expect(
        clippy::expect_used,
        reason = "a test whose request cannot be sent must fail"
    )]
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let body = body.into();
        let mut left = self.tries;
        loop {
            let request = self.request(method.clone(), path, headers, body.clone());
            let answer = self.client.request(request).await.expect("an answer");
            let (parts, body) = answer.into_parts();
            let answer = Answer {
                status: parts.status,
                headers: parts.headers,
                body: body.collect().await.expect("a whole body").to_bytes(),
            };
            self.keep_cookies(&answer);
            let own = path.strip_prefix(&self.base).unwrap_or(path);
            assert_documented(&method, own, &answer);
            left -= 1;
            if left == 0 || !REPEATED.contains(&answer.status) {
                return answer;
            }
        }
    }

    /// Opens a stream of events.
    ///
    /// # Panics
    ///
    /// When the server opens none.
    #[expect(clippy::expect_used, reason = "a test without its stream must fail")]
    pub async fn events(&self, path: &str) -> EventReader {
        let request = self.request(Method::GET, path, &[], Bytes::new());
        let answer = self.client.request(request).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        EventReader::new(answer.into_body())
    }

    #[expect(clippy::expect_used, reason = "a test without its request must fail")]
    fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Request<Full<Bytes>> {
        let url = if path.starts_with('/') {
            format!("{}{path}", self.base)
        } else {
            path.to_owned()
        };
        let mut request = Request::builder().method(method).uri(url);
        if !self.cookies.is_empty() {
            let pairs = self.cookies.iter();
            let pairs: Vec<_> = pairs
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(COOKIE, pairs.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Full::new(body)).expect("a request")
    }

    /// Takes over what the answer sets. A cookie without a future leaves the jar; paths are not
    /// looked at, since the server tells its cookies apart by name.
    fn keep_cookies(&mut self, answer: &Answer) {
        for line in answer.set_cookies() {
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            let attributes = attributes.to_ascii_lowercase();
            let over = attributes.contains("max-age=0");
            self.keep(name, if over { "" } else { value });
        }
    }
}
