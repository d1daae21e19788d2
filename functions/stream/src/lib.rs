//! `GET /api/sync/stream`: says at once that a workspace has new versions, so that a client can
//! pull them instead of asking every few seconds. Beyond the sync contract; a client that does not
//! know it misses nothing, and a client that misses an event finds the versions by pulling.

mod events;
#[cfg(feature = "openapi")]
pub mod openapi;
mod place;
mod question;
mod stream;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::FromRef;
use axum::routing::get;
use or3_http::{HttpPolicy, RateLimits, Sessions, gate, no_cache};

pub use watch::Watch;

/// The routes of this function, as template and README name them.
pub const ROUTES: &[(&str, &str)] = &[("GET", "/api/sync/stream")];

/// What this function needs.
#[derive(Clone, FromRef)]
pub struct Ports {
    /// Where new versions are noticed; one a process.
    pub watch: Arc<Watch>,
    /// How streams keep time.
    pub timing: Timing,
    /// Who calls.
    pub sessions: Sessions,
    /// How often they may, and how many streams they may have.
    pub limits: RateLimits,
    /// Which origins may send requests.
    pub policy: Arc<HttpPolicy>,
    /// Whether auth and sync are on; otherwise every route answers 404.
    pub enabled: bool,
}

/// How streams keep time.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// The longest silence; the permission is checked again as often.
    pub heartbeat: Duration,
    /// How long a stream lasts.
    pub lifetime: Duration,
}

/// The routes over `ports`.
pub fn router(ports: Ports) -> Router {
    let enabled = ports.enabled;
    let routes = Router::new().route("/api/sync/stream", get(stream::handle));
    gate(no_cache(routes), enabled).with_state(ports)
}
