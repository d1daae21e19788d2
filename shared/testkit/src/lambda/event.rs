//! A request that a gateway passes on, and the answer that it makes of what a function returned.

use bytes::Bytes;
use serde_json::Value;

/// A request as a client sends it to a gateway.
#[derive(Clone, Debug)]
pub struct GatewayRequest {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) cookies: Vec<String>,
    pub(super) body: Bytes,
    pub(super) base64: bool,
}

impl GatewayRequest {
    /// A request without a body; `target` is a path, with or without a query.
    pub fn new(method: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: Vec::new(),
            cookies: Vec::new(),
            body: Bytes::new(),
            base64: false,
        }
    }

    /// A `GET` of `target`.
    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    /// A `POST` of JSON to `target`.
    pub fn post(target: &str, body: &Value) -> Self {
        Self::new("POST", target)
            .with_header("content-type", "application/json")
            .with_body(body.to_string())
    }

    /// The same with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with one more cookie.
    #[must_use]
    pub fn with_cookie(mut self, name: &str, value: &str) -> Self {
        self.cookies.push(format!("{name}={value}"));
        self
    }

    /// The same with a body; one that is no text travels in base64.
    #[must_use]
    pub fn with_body(self, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let base64 = std::str::from_utf8(&body).is_err();
        Self {
            body,
            base64,
            ..self
        }
    }

    /// The same whose body travels in base64, text or not.
    #[must_use]
    pub fn in_base64(self) -> Self {
        Self {
            base64: true,
            ..self
        }
    }
}
