//! `/api/storage/tus`: uploads in parts, which go on where they broke off (tus 1.0 with creation,
//! creation-with-upload, checksum, expiration and termination).
//!
//! An upload is announced as to presign-upload, under the same rules, and becomes the same blob,
//! checked by the same hash; the commit stays a call of its own (storage contract, 2.1 and 2.3).
//! Its URL carries what was granted, signed, and the volume holds what has arrived: no process
//! knows anything that another one does not.

mod create;
mod grant;
mod offer;
#[cfg(feature = "openapi")]
pub mod openapi;
mod part;
mod progress;
mod protocol;
mod receive;
mod room;
mod terminate;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware::from_fn;
use axum::routing::{MethodRouter, head, options};
use or3_domain::clock::Clock;
use or3_domain::ids::Ids;
use or3_domain::storage::{BlobStore, FileIndex, PartialUploads, UploadPolicy, UrlTokens};
use or3_http::{HttpPolicy, RateLimits, Sessions, gate};

/// The routes of this function, as template and README name them. `POST` on an upload is for
/// clients that cannot send the other methods (`X-HTTP-Method-Override`).
pub const ROUTES: &[(&str, &str)] = &[
    ("OPTIONS", "/api/storage/tus"),
    ("POST", "/api/storage/tus"),
    ("OPTIONS", "/api/storage/tus/{id}"),
    ("HEAD", "/api/storage/tus/{id}"),
    ("PATCH", "/api/storage/tus/{id}"),
    ("DELETE", "/api/storage/tus/{id}"),
    ("POST", "/api/storage/tus/{id}"),
];

/// What this function needs.
#[derive(Clone, FromRef)]
pub struct Ports {
    /// Storage is on and its provider takes parts; otherwise every route answers 404.
    pub enabled: bool,
    /// Who calls.
    pub sessions: Sessions,
    /// How often they may.
    pub limits: RateLimits,
    /// From which pages they may.
    pub http: Arc<HttpPolicy>,
    /// What may be uploaded.
    pub policy: UploadPolicy,
    /// Where room is held for it.
    pub files: Arc<dyn FileIndex>,
    /// Where it ends up.
    pub blobs: Arc<dyn BlobStore>,
    /// Where it grows.
    pub partials: Arc<dyn PartialUploads>,
    /// Makes and reads the uploads' URLs.
    pub tokens: UrlTokens,
    /// How long an upload may take, from its announcement on.
    pub lifetime: Duration,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Names uploads.
    pub ids: Arc<dyn Ids>,
}

/// The routes over `ports`.
pub fn router(ports: Ports) -> Router {
    let upload: MethodRouter<Ports> = head(progress::handle)
        .patch(receive::handle)
        .delete(terminate::handle)
        .post(receive::overridden)
        .options(offer::handle);
    let routes = Router::new()
        .route(
            "/api/storage/tus",
            options(offer::handle).post(create::handle),
        )
        .route("/api/storage/tus/{id}", upload)
        .route_layer(from_fn(protocol::speak));
    gate(routes, ports.enabled).with_state(ports)
}
