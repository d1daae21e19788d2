//! What the routes take and answer, for the document of the API (ADR 0012).

mod audit;
mod credential;
mod deployment;
mod people;

use or3_http::ApiError;
use or3_http::openapi::{Members, Object, ObjectBuilder, Route, flag, object, role, text};

/// The routes of this function.
pub fn routes() -> Vec<Route> {
    let mut routes = credential::routes();
    routes.extend(audit::routes());
    routes.extend(deployment::routes());
    routes.extend(people::routes());
    routes
}

/// `{"success":true}`.
fn success() -> Object {
    object().with("success", flag()).build()
}

fn any_text() -> ObjectBuilder {
    text(0..=usize::MAX)
}

/// Somebody in a workspace.
fn member() -> ObjectBuilder {
    object()
        .with("userId", any_text())
        .maybe("email", any_text())
        .with("role", role())
}

fn bad_requests<const N: usize>(texts: [&'static str; N]) -> [ApiError; N] {
    texts.map(ApiError::bad_request)
}
