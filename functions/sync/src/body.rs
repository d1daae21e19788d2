//! Bodies as JSON text.

use or3_domain::sync::json::Json;
use or3_http::ApiError;

/// What a body that is no JSON is told.
pub(crate) const UNREADABLE: &str = "The request body must be valid JSON.";

/// The JSON value that `body` is (sync contract, 3.2).
///
/// # Errors
///
/// 400 for a body that is empty or no JSON.
pub(crate) fn json(body: &[u8]) -> Result<Json<'_>, ApiError> {
    Json::parse(body).ok_or_else(|| ApiError::bad_request(UNREADABLE))
}
