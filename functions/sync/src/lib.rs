//! `POST /api/sync/{push,pull,snapshot,update-cursor}`: how clients write changes and read each
//! other's (sync contract). What may change is decided in `or3_domain::sync`; here bodies become
//! its requests and its answers become JSON, payloads passing through as the text that they are.

mod body;
#[cfg(feature = "openapi")]
pub mod openapi;
mod pull;
mod push;
mod render;
mod snapshot;
mod tables;
mod token;
mod update_cursor;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::routing::post;
use or3_domain::clock::Clock;
use or3_domain::ids::Ids;
use or3_domain::sync::{News, SyncStore};
use or3_http::{HttpPolicy, RateLimits, Sessions, full_is_passing, gate, no_cache};

/// The routes of this function, as template and README name them.
pub const ROUTES: &[(&str, &str)] = &[
    ("POST", "/api/sync/push"),
    ("POST", "/api/sync/pull"),
    ("POST", "/api/sync/snapshot"),
    ("POST", "/api/sync/update-cursor"),
];

/// What this function needs.
#[derive(Clone, FromRef)]
pub struct Ports {
    /// The logs and rows.
    pub store: Arc<dyn SyncStore>,
    /// Where streams of this process hear of new versions.
    pub news: News,
    /// Who calls.
    pub sessions: Sessions,
    /// How often they may.
    pub limits: RateLimits,
    /// Which origins may send requests.
    pub policy: Arc<HttpPolicy>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where snapshot ids come from.
    pub ids: Arc<dyn Ids>,
    /// Whether auth and sync are on; otherwise every route answers 404.
    pub enabled: bool,
}

/// The routes over `ports`.
pub fn router(ports: Ports) -> Router {
    let enabled = ports.enabled;
    let fresh = Router::new()
        .route("/api/sync/push", post(push::handle))
        .route("/api/sync/pull", post(pull::handle))
        .route("/api/sync/snapshot", post(snapshot::handle));
    let routes = no_cache(fresh).route("/api/sync/update-cursor", post(update_cursor::handle));
    gate(full_is_passing(routes), enabled).with_state(ports)
}
