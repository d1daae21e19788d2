//! Collection: on schedule for everything ([`handle`]), and by `POST
//! /api/sync/{gc-tombstones,gc-change-log}` for one workspace, where owners forget history that
//! every device has (sync contract, 15). What may be removed is decided behind the ports.

mod event;
mod history;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::routing::post;
use or3_domain::clock::Clock;
use or3_domain::sync::SyncHistory;
use or3_http::{HttpPolicy, RateLimits, Sessions, gate};

pub use event::{EventError, handle};

/// The routes of this function, as template and README name them.
pub const ROUTES: &[(&str, &str)] = &[
    ("POST", "/api/sync/gc-tombstones"),
    ("POST", "/api/sync/gc-change-log"),
];

/// What this function needs.
#[derive(Clone, FromRef)]
pub struct Ports {
    /// The logs and rows.
    pub history: Arc<dyn SyncHistory>,
    /// Who calls.
    pub sessions: Sessions,
    /// How often they may.
    pub limits: RateLimits,
    /// Which origins may send requests.
    pub policy: Arc<HttpPolicy>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Whether auth and sync are on; otherwise every route answers 404.
    pub sync_enabled: bool,
}

/// The routes over `ports`.
pub fn router(ports: Ports) -> Router {
    let enabled = ports.sync_enabled;
    let routes = Router::new()
        .route("/api/sync/gc-tombstones", post(history::tombstones))
        .route("/api/sync/gc-change-log", post(history::change_log));
    gate(routes, enabled).with_state(ports)
}
