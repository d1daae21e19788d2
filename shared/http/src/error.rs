//! The one place that knows statuses.
//!
//! A handler returns [`ApiError`]; it rides in the response's extensions to the boundary layer,
//! which logs it once and writes the contract's error body (auth contract, 1.2).

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use or3_domain::error::{DomainError, ErrorKind};
use serde_json::Value;

/// An answer that is an error: status, the text for the client, and the cause for the log.
#[derive(Debug, Clone)]
pub struct ApiError {
    status: StatusCode,
    message: Cow<'static, str>,
    headers: Vec<(HeaderName, HeaderValue)>,
    data: Option<Box<Value>>,
    cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl ApiError {
    /// An error with a status and the contract's text.
    pub fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            message: message.into(),
            headers: Vec::new(),
            data: None,
            cause: None,
        }
    }

    /// 400 with the contract's text.
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// `401 "Unauthorized"`.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized")
    }

    /// `403 "Forbidden"`.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden")
    }

    /// `404 "Not Found"`: also what a switched-off feature answers.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found")
    }

    /// `500 "Server Error"`; the cause goes to the log only.
    pub fn internal(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        let error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Server Error");
        Self {
            cause: Some(Arc::new(cause)),
            ..error
        }
    }

    /// `503 "Service Unavailable"`: nobody came back with an answer within the time for requests.
    pub(crate) fn late() -> Self {
        let cause = std::io::Error::other("no answer within the time for requests");
        let error = Self::new(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable");
        Self {
            cause: Some(Arc::new(cause)),
            ..error.with_retry_after(STORE_PAUSE)
        }
    }

    /// `408 "The request came too slowly."`
    pub(crate) fn slow() -> Self {
        let text = "The request came too slowly.";
        Self::new(StatusCode::REQUEST_TIMEOUT, text)
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Adds `Retry-After` in whole seconds, rounded up, at least 1.
    #[must_use]
    pub fn with_retry_after(self, after: Duration) -> Self {
        self.with_header(RETRY_AFTER, HeaderValue::from(seconds_up(after)))
    }

    /// Adds the `data` member of the body.
    #[must_use]
    pub fn with_data(mut self, data: Value) -> Self {
        self.data = Some(Box::new(data));
        self
    }

    /// Says a domain error with another status than its kind's, where a protocol has one of its
    /// own.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Says a domain error with another text than its own.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = message.into();
        self
    }

    /// The same trouble, told as passing: `503 "Service Unavailable"` with a pause that leaves time to
    /// make room. The cause stays for the log.
    pub(crate) fn as_passing(&self) -> Self {
        let passing = Self::new(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable");
        Self {
            cause: self.cause.clone(),
            ..passing.with_retry_after(FULL_PAUSE)
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The text for the client.
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn data(&self) -> Option<&Value> {
        self.data.as_deref()
    }

    /// The causes, outermost first, for the log.
    pub(crate) fn chain(&self) -> Option<String> {
        let mut next: Option<&dyn std::error::Error> = Some(self.cause.as_deref()?);
        let mut chain = Vec::new();
        while let Some(error) = next {
            chain.push(error.to_string());
            next = error.source();
        }
        chain.dedup();
        Some(chain.join(": "))
    }
}

/// Whole seconds, rounded up, at least 1.
pub(crate) fn seconds_up(span: Duration) -> u64 {
    u64::try_from(span.as_millis().div_ceil(1000))
        .unwrap_or(u64::MAX)
        .max(1)
}

/// How long a client should wait before it asks an unavailable store again.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// How long a client should wait before it asks a full volume again.
const FULL_PAUSE: Duration = Duration::from_secs(30);

fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Invalid => StatusCode::BAD_REQUEST,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::Locked => StatusCode::LOCKED,
        ErrorKind::Gone => StatusCode::GONE,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorKind::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Unsupported => StatusCode::NOT_IMPLEMENTED,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::OutOfSpace => StatusCode::INSUFFICIENT_STORAGE,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl<E: DomainError> From<E> for ApiError {
    fn from(error: E) -> Self {
        let kind = error.kind();
        let api = Self::new(status_of(kind), error.message());
        let api = match kind {
            ErrorKind::RateLimited { retry_after } => api.with_retry_after(retry_after),
            ErrorKind::Unavailable => api.with_retry_after(STORE_PAUSE),
            _ => api,
        };
        Self {
            cause: Some(Arc::new(error)),
            ..api
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.headers_mut().extend(self.headers.iter().cloned());
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use or3_domain::store::StoreError;

    #[test]
    fn a_store_that_is_away_is_503_with_a_pause_and_without_its_words() {
        let error = ApiError::from(StoreError::Unavailable("secret host".to_owned()));
        assert_eq!(error.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(error.message(), "Service Unavailable");
        assert!(error.headers.contains(&(RETRY_AFTER, HeaderValue::from(1))));
        assert!(
            error
                .chain()
                .is_some_and(|chain| chain.contains("secret host"))
        );
    }

    #[test]
    fn waits_are_rounded_up_to_whole_seconds() {
        assert_eq!(seconds_up(Duration::from_millis(2001)), 3);
        assert_eq!(seconds_up(Duration::ZERO), 1);
    }
}
