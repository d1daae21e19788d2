//! Layers that a function puts on routes of its own.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, HeaderValue, PRAGMA};

use crate::error::ApiError;

/// Routes of a feature that may be switched off: then each of them answers `404 "Not Found"`
/// before anything else is looked at.
pub fn gate<S: Clone + Send + Sync + 'static>(router: Router<S>, enabled: bool) -> Router<S> {
    router.route_layer(from_fn(move |request: Request, next: Next| async move {
        if enabled {
            next.run(request).await
        } else {
            ApiError::not_found().into_response()
        }
    }))
}

/// Routes whose answers, errors included, are never kept (sync contract, 3.5).
pub fn no_cache<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router.route_layer(from_fn(|request: Request, next: Next| async {
        let mut response = next.run(request).await;
        let headers = response.headers_mut();
        let never = HeaderValue::from_static("no-store, no-cache, must-revalidate");
        headers.insert(CACHE_CONTROL, never);
        headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
        response
    }))
}

/// Routes whose answers, errors included, carry `Cache-Control: no-store`.
pub fn no_store<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router.route_layer(from_fn(|request: Request, next: Next| async {
        let mut response: Response = next.run(request).await;
        response
            .headers_mut()
            .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }))
}
