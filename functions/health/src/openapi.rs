//! What the routes take and answer, for the document of the API (ADR 0012).

use or3_http::openapi::{Answer, Route, object, text};

use crate::health::Health;

/// The routes of this function.
pub fn routes() -> Vec<Route> {
    let about = "`?deep=true` asks every provider; then `degraded` means that one has an error.";
    let health = Route::new(("GET", "/api/health"), "Whether the server is up")
        .about(about)
        .query("deep", false, text(0..=usize::MAX))
        .answers(Answer::json::<Health>(200, "It is."));
    let document = Route::new(("GET", "/api/openapi.json"), "This document")
        .answers(Answer::shaped(200, "OpenAPI 3.1.", object()));
    vec![health, document]
}
