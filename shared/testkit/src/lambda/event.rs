//! Requests and answers in the form of an HTTP API's gateway (payload format 2.0).

use bytes::Bytes;
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::Answer;

/// A request as a gateway passes it on.
#[derive(Clone, Debug)]
pub struct GatewayRequest {
    method: &'static str,
    path: String,
    cookies: Vec<String>,
    body: String,
}

impl GatewayRequest {
    /// A `GET` of `path`.
    pub fn get(path: &str) -> Self {
        Self {
            method: "GET",
            path: path.to_owned(),
            cookies: Vec::new(),
            body: String::new(),
        }
    }

    /// A `POST` of JSON to `path`.
    pub fn post(path: &str, body: &Value) -> Self {
        Self {
            method: "POST",
            body: body.to_string(),
            ..Self::get(path)
        }
    }

    /// The same with one more cookie.
    #[must_use]
    pub fn with_cookie(mut self, name: &str, value: &str) -> Self {
        self.cookies.push(format!("{name}={value}"));
        self
    }

    pub(super) fn event(&self) -> Value {
        json!({
            "version": "2.0", "routeKey": "$default", "rawPath": self.path, "rawQueryString": "",
            "cookies": self.cookies,
            "headers": {
                "host": "or3.test", "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.1",
                "content-type": "application/json",
            },
            "requestContext": {
                "stage": "$default", "requestId": "example",
                "time": "20/Nov/2026:12:00:00 +0000", "timeEpoch": 1_795_176_000_000_i64,
                "http": {
                    "method": self.method, "path": self.path, "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1", "userAgent": "example",
                },
            },
            "isBase64Encoded": false, "body": self.body,
        })
    }
}

/// The answer that a gateway makes of what a function returned.
#[expect(clippy::expect_used, reason = "a test without its answer must fail")]
pub(super) fn answer(returned: &Value) -> Answer {
    let status = returned["statusCode"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let mut headers = HeaderMap::new();
    for (name, value) in returned["headers"].as_object().into_iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
        let value = HeaderValue::from_str(value.as_str().expect("text"));
        headers.insert(name, value.expect("a value"));
    }
    for cookie in returned["cookies"].as_array().into_iter().flatten() {
        let cookie = HeaderValue::from_str(cookie.as_str().expect("text"));
        headers.append(SET_COOKIE, cookie.expect("a value"));
    }
    let body = returned["body"].as_str().unwrap_or_default().to_owned();
    Answer {
        status: status.expect("a status"),
        headers,
        body: Bytes::from(body),
    }
}
