//! The control endpoints of file storage: who may transfer which bytes, and what became of them
//! (storage contract, 2). No bytes of files pass through here.

mod commit;
mod control;
mod download;
mod fields;
#[cfg(feature = "openapi")]
pub mod openapi;
mod presigned;
mod upload;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::routing::post;
use or3_domain::clock::Clock;
use or3_domain::storage::{BlobStore, FileIndex, UploadPolicy, UrlSigner};
use or3_http::{HttpPolicy, RateLimits, Sessions, gate, no_cache};

/// The routes of this function, as template and README name them.
pub const ROUTES: &[(&str, &str)] = &[
    ("POST", "/api/storage/presign-upload"),
    ("POST", "/api/storage/presign-download"),
    ("POST", "/api/storage/commit"),
];

/// What this function needs.
#[derive(Clone)]
pub struct Ports {
    /// Storage is switched on; otherwise every route answers 404.
    pub enabled: bool,
    /// Who calls.
    pub sessions: Sessions,
    /// How often they may.
    pub limits: RateLimits,
    /// From which pages they may.
    pub http: Arc<HttpPolicy>,
    /// What may be uploaded.
    pub policy: UploadPolicy,
    /// Which files there are.
    pub files: Arc<dyn FileIndex>,
    /// Whether their bytes are there.
    pub blobs: Arc<dyn BlobStore>,
    /// Makes the URLs.
    pub signer: Arc<dyn UrlSigner>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl FromRef<Ports> for Sessions {
    fn from_ref(ports: &Ports) -> Self {
        ports.sessions.clone()
    }
}

/// The routes over `ports`.
pub fn router(ports: Ports) -> Router {
    let presigns = Router::new()
        .route("/api/storage/presign-upload", post(upload::handle))
        .route("/api/storage/presign-download", post(download::handle));
    let commit = Router::new().route("/api/storage/commit", post(commit::handle));
    gate(no_cache(presigns).merge(commit), ports.enabled).with_state(ports)
}
