//! The body of a control request, and what is refused before anybody is asked who calls.

use axum::extract::{FromRequest, FromRequestParts, Request};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap};
use or3_domain::storage::mime::essence;
use or3_http::{ApiError, Context, Limited, require_own_origin};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Ports;

/// The largest control body, far above real ones (storage contract, 2.1).
pub(crate) const CEILING: usize = 16 * 1024;

/// A control request's JSON as `T`.
///
/// Refused, in this order: another site's page (403), another media type (415), a long body
/// (413), text that is not JSON and JSON of another shape (400).
pub(crate) struct Control<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Ports> for Control<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, ports: &Ports) -> Result<Self, ApiError> {
        let (mut head, body) = request.into_parts();
        let context = Context::from_request_parts(&mut head, ports).await?;
        require_own_origin(&head.headers, &context, &ports.http)?;
        require_json(&head.headers)?;
        let request = Request::from_parts(head, body);
        let body = Limited::<CEILING>::from_request(request, ports).await?;
        parse(&body.0).map(Self)
    }
}

/// A body without a media type counts as JSON.
fn require_json(headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(named) = headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let essence = essence(named.to_str().unwrap_or_default());
    if essence == "application/json" || essence.ends_with("+json") {
        return Ok(());
    }
    Err(other_type())
}

/// The body is said to be something else than JSON.
pub(crate) fn other_type() -> ApiError {
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    ApiError::new(status, "JSON request required")
}

/// What a body that is no JSON is told, and one of another shape.
pub(crate) const UNREADABLE: &str = "The request body must be valid JSON.";
pub(crate) const INVALID: &str = "Invalid request";

/// Text that is not JSON and JSON of another shape are told apart by reading in two steps; of
/// members with the same name the last one counts, as in a browser.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let body = if body.is_empty() { b"{}" } else { body };
    let unreadable = |_| ApiError::bad_request(UNREADABLE);
    let value: Value = serde_json::from_slice(body).map_err(unreadable)?;
    serde_json::from_value(value).map_err(|_| ApiError::bad_request(INVALID))
}
