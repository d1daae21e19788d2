//! `GET /api/health`: whether the process runs and, on request, whether its parts do (auth
//! contract, 3.4). Never authenticated, never limited, always 200 while the process runs.

mod document;
mod health;
#[cfg(feature = "openapi")]
pub mod openapi;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use or3_domain::clock::{Clock, Timestamp};
use or3_domain::health::Probe;

/// The routes of this function, as template and README name them.
pub const ROUTES: &[(&str, &str)] = &[("GET", "/api/health"), ("GET", "/api/openapi.json")];

/// What this function needs.
#[derive(Clone)]
pub struct Ports {
    /// Sync, storage and auth; limits too, where they do not share the database with these.
    pub parts: Vec<Part>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// When the process started.
    pub started: Timestamp,
}

/// One kind of provider.
#[derive(Clone)]
pub struct Part {
    /// `sync`, `storage`, `auth` or `limits`.
    pub kind: &'static str,
    /// The provider's id; `None` when the kind is switched off.
    pub provider: Option<&'static str>,
    /// Ask the provider, one after the other; what they find adds up.
    pub probes: Vec<Arc<dyn Probe>>,
}

impl Part {
    /// The part that counts requests and keeps leases, where it is one of its own.
    pub fn of_limits(provider: &'static str, probe: Arc<dyn Probe>) -> Self {
        Self {
            kind: "limits",
            provider: Some(provider),
            probes: vec![probe],
        }
    }
}

/// The routes over `ports`.
pub fn router(ports: Ports) -> Router {
    Router::new()
        .route("/api/health", get(health::handle))
        .route("/api/openapi.json", get(document::handle))
        .with_state(ports)
}
