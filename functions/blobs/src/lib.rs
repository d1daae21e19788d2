//! The signed byte URLs of the fs provider: bytes in, bytes out, nothing else (storage contract,
//! 6). A URL works for the person that it was made for, while they may still use the workspace.

mod download;
#[cfg(feature = "openapi")]
pub mod openapi;
mod ticket;
mod upload;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::routing::{get, put};
use or3_domain::clock::Clock;
use or3_domain::storage::{BlobStore, FileIndex, UrlTokens};
use or3_http::{Sessions, gate};

/// The routes of this function, as template and README name them.
pub const ROUTES: &[(&str, &str)] = &[
    ("PUT", "/api/storage/fs/upload"),
    ("GET", "/api/storage/fs/download"),
    ("HEAD", "/api/storage/fs/download"),
];

/// What this function needs.
#[derive(Clone)]
pub struct Ports {
    /// Files go through us: storage is switched on with the fs provider. Otherwise every route
    /// answers 404.
    pub enabled: bool,
    /// Who calls.
    pub sessions: Sessions,
    /// Reads the URLs' tokens.
    pub tokens: UrlTokens,
    /// Where the bytes live.
    pub blobs: Arc<dyn BlobStore>,
    /// Where it is counted that a blob is damaged.
    pub files: Arc<dyn FileIndex>,
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
    let routes = Router::new()
        .route("/api/storage/fs/upload", put(upload::handle))
        .route("/api/storage/fs/download", get(download::handle));
    gate(routes, ports.enabled).with_state(ports)
}
