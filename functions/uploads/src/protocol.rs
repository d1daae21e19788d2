//! What every request and answer of the protocol carries (tus 1.0, core).

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
};
use http::{Method, StatusCode};
use or3_http::ApiError;

pub(crate) const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub(crate) const VERSION: HeaderName = HeaderName::from_static("tus-version");
pub(crate) const LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub(crate) const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(crate) const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
pub(crate) const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
pub(crate) const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

/// The only version of the protocol there is.
pub(crate) const SPOKEN: HeaderValue = HeaderValue::from_static("1.0.0");

/// What a page of another origin may read of an answer.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "Location, Tus-Checksum-Algorithm, Tus-Extension, Tus-Max-Size, Tus-Resumable, Tus-Version, \
     Upload-Expires, Upload-Length, Upload-Metadata, Upload-Offset",
);

/// Refuses other versions, and names ours on every answer, errors included.
pub(crate) async fn speak(request: Request, next: Next) -> Response {
    let spoken = request.headers().get(RESUMABLE) == Some(&SPOKEN);
    let mut response = if spoken || request.method() == Method::OPTIONS {
        next.run(request).await
    } else {
        other_version().into_response()
    };
    let headers = response.headers_mut();
    headers.insert(RESUMABLE, SPOKEN);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    response
}

/// The client speaks another version, or none.
pub(crate) fn other_version() -> ApiError {
    let status = StatusCode::PRECONDITION_FAILED;
    ApiError::new(status, "Unsupported tus version").with_header(VERSION, SPOKEN)
}

/// A header that is a number of bytes: digits only. `None` is also one that is too large.
pub(crate) fn bytes(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    let text = headers.get(name)?.to_str().ok()?;
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// Whether the body is a part of an upload.
pub(crate) fn has_part(headers: &HeaderMap) -> bool {
    let named = headers.get(CONTENT_TYPE);
    named.is_some_and(|named| named == "application/offset+octet-stream")
}
