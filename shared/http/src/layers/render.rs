//! The contract's error answer (auth contract, 1.2).

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderValue};
use http::{HeaderMap, Uri};
use serde::Serialize;
use serde_json::Value;

use crate::context::text;
use crate::error::ApiError;

/// What every error answers.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorBody<'a> {
    /// Always `true`.
    error: bool,
    /// The address that was asked for.
    url: &'a str,
    status_code: u16,
    /// The same as `message`.
    status_message: &'a str,
    message: &'a str,
    /// What some errors say besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    data: Option<&'a Value>,
}

/// Fills an error answer: body, content type, and that it is not kept.
pub(super) fn fill(response: &mut Response, error: &ApiError, url: &str) {
    let body = ErrorBody {
        error: true,
        url,
        status_code: error.status().as_u16(),
        status_message: error.message(),
        message: error.message(),
        data: error.data(),
    };
    // Text and numbers always serialize; an empty body would still carry the status.
    *response.body_mut() = Body::from(serde_json::to_vec(&body).unwrap_or_default());
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-cache"));
}

/// The absolute URL that the client asked for, as error bodies name it: forwarding headers are
/// honoured here whatever the proxy setting, since the text goes back to who sent them.
pub(super) fn url(headers: &HeaderMap, uri: &Uri) -> String {
    let first = |name: &str| text(headers, name)?.split(',').next().map(str::trim);
    let https = first("x-forwarded-proto") == Some("https") || uri.scheme_str() == Some("https");
    let host = first("x-forwarded-host")
        .or_else(|| first(HOST.as_str()))
        .unwrap_or("localhost");
    let path = uri
        .path_and_query()
        .map_or("/", http::uri::PathAndQuery::as_str);
    format!("{}://{host}{path}", if https { "https" } else { "http" })
}
