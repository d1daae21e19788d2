//! Layers that a function puts on routes of its own.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
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

/// Routes whose clients wait and repeat after 429, 502, 503 and 504, and give up an edit for good after
/// some other failures: a full volume, elsewhere 507, is passing trouble there (sync contract, 21.1).
pub fn full_is_passing<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router.route_layer(from_fn(|request: Request, next: Next| async {
        let mut response = next.run(request).await;
        let error = response.extensions().get::<ApiError>();
        let full = error.filter(|error| error.status() == StatusCode::INSUFFICIENT_STORAGE);
        match full.map(ApiError::as_passing) {
            Some(passing) => {
                let headers = std::mem::take(response.headers_mut());
                let mut passing = passing.into_response();
                passing.headers_mut().extend(headers);
                passing
            }
            None => response,
        }
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
