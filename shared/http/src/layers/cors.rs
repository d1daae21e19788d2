//! CORS by allow list (auth contract, 12.1).

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    HeaderValue, VARY,
};
use http::{Method, StatusCode};

use crate::origin::{is_allowed, origin_of};
use crate::policy::HttpPolicy;

/// What the answer to a request says about origins.
pub(super) enum Verdict {
    /// No `Origin` header.
    SameOrigin,
    /// An origin that may not read the answer; the request is still processed.
    Refused,
    /// Anybody may read the answer, without credentials.
    Anybody,
    /// This origin may read the answer, with credentials.
    Listed(HeaderValue),
}

impl Verdict {
    pub(super) fn of(request: &Request, policy: &HttpPolicy) -> Self {
        let Some(origin) = origin_of(request.headers()) else {
            return Self::SameOrigin;
        };
        if policy.allowed_origins.is_empty() {
            return Self::Anybody;
        }
        let listed = is_allowed(origin, policy).then(|| HeaderValue::from_str(origin).ok());
        listed.flatten().map_or(Self::Refused, Self::Listed)
    }

    /// The answer to a preflight of an accepted origin.
    pub(super) fn preflight(&self, request: &Request) -> Option<Response> {
        if request.method() != Method::OPTIONS || matches!(self, Self::SameOrigin | Self::Refused) {
            return None;
        }
        let asked = request
            .headers()
            .get(ACCESS_CONTROL_REQUEST_HEADERS)
            .cloned();
        let headers = [
            (
                ACCESS_CONTROL_ALLOW_METHODS,
                HeaderValue::from_static("GET,POST,PUT,PATCH,DELETE,OPTIONS"),
            ),
            (
                ACCESS_CONTROL_ALLOW_HEADERS,
                asked.unwrap_or(HeaderValue::from_static("Content-Type,Authorization")),
            ),
            (ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600")),
        ];
        Some((StatusCode::NO_CONTENT, headers).into_response())
    }

    /// Puts the verdict on the answer.
    pub(super) fn apply(self, response: &mut Response) {
        if matches!(self, Self::SameOrigin) {
            return;
        }
        let headers = response.headers_mut();
        headers.append(VARY, HeaderValue::from_static("Origin"));
        match self {
            Self::SameOrigin | Self::Refused => {}
            Self::Anybody => {
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            }
            Self::Listed(origin) => {
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
                headers.insert(
                    ACCESS_CONTROL_ALLOW_CREDENTIALS,
                    HeaderValue::from_static("true"),
                );
            }
        }
    }
}
