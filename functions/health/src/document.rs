//! `GET /api/openapi.json`: what every function of this build takes and answers, as OpenAPI 3.1.
//!
//! The document is made of all functions by a test, which no function could do, and is part of the
//! sources (ADR 0012).

use axum::response::IntoResponse;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

const DOCUMENT: &str = include_str!("../openapi.json");

pub(crate) async fn handle() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, DOCUMENT)
}
