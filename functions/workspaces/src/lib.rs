//! A person's workspaces: list, create, rename, delete, and which one is active (auth contract,
//! 3.3 and 9); and leaving one, which its clients do not ask for yet.
//!
//! The session must be able to read its own active workspace; whether it may do something to the
//! target is decided by the store, in the transaction that does it.

mod activate;
mod body;
mod create;
mod delete;
mod leave;
mod list;
mod member;
#[cfg(feature = "openapi")]
pub mod openapi;
mod rename;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::routing::{get, patch, post};
use or3_domain::clock::Clock;
use or3_domain::ids::Ids;
use or3_domain::workspace::WorkspaceStore;
use or3_http::{HttpPolicy, Sessions, gate, no_store};

/// The routes of this function, as template and README name them.
pub const ROUTES: &[(&str, &str)] = &[
    ("GET", "/api/workspaces"),
    ("POST", "/api/workspaces"),
    ("PATCH", "/api/workspaces/{id}"),
    ("DELETE", "/api/workspaces/{id}"),
    ("POST", "/api/workspaces/active"),
    ("POST", "/api/workspaces/{id}/leave"),
];

/// What this function needs.
#[derive(Clone)]
pub struct Ports {
    /// Whether auth is switched on; otherwise every route answers 404.
    pub enabled: bool,
    /// Workspaces and memberships.
    pub workspaces: Arc<dyn WorkspaceStore>,
    /// Who calls.
    pub sessions: Sessions,
    /// Origins that may change something.
    pub policy: Arc<HttpPolicy>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Ids of new workspaces.
    pub ids: Arc<dyn Ids>,
}

impl FromRef<Ports> for Sessions {
    fn from_ref(ports: &Ports) -> Self {
        ports.sessions.clone()
    }
}

/// The routes over `ports`.
pub fn router(ports: Ports) -> Router {
    let enabled = ports.enabled;
    let routes = Router::new()
        .route("/api/workspaces", get(list::handle).post(create::handle))
        .route("/api/workspaces/active", post(activate::handle))
        .route(
            "/api/workspaces/{id}",
            patch(rename::handle).delete(delete::handle),
        )
        .route("/api/workspaces/{id}/leave", post(leave::handle));
    no_store(gate(routes, enabled)).with_state(ports)
}
