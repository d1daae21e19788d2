//! A file of `ui/` under one of its addresses.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use http::{HeaderMap, StatusCode};
use or3_http::{ApiError, conditions};

use crate::shelf::{File, SHELF};

/// Asked for again each time: whoever has the newest is told so.
const AGAIN: &str = "no-cache";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// `/_or3/ui/{file}`: of the build that answers.
pub(crate) async fn newest(
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let file = SHELF.file(&file).ok_or_else(ApiError::not_found)?;
    Ok(answer(file, AGAIN, &headers))
}

/// `/_or3/ui/{shelf}/{file}`: of this build and no other.
pub(crate) async fn kept(
    Path((shelf, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let file = SHELF.file(&file).filter(|_| shelf == SHELF.hash);
    let file = file.ok_or_else(ApiError::not_found)?;
    Ok(answer(file, FOR_EVER, &headers))
}

fn answer(file: &'static File, kept: &'static str, headers: &HeaderMap) -> Response {
    let held = [(CACHE_CONTROL, kept), (ETAG, file.tag.as_str())];
    if conditions::has_it(headers, &file.tag) {
        return (StatusCode::NOT_MODIFIED, held).into_response();
    }
    (held, [(CONTENT_TYPE, file.kind)], file.bytes).into_response()
}
