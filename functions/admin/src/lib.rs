//! What owners do with the people of a workspace: add, change and remove members, and hand out
//! invites (auth contract, 3.6, 3.7 and 10). And what administrators see of the deployment: what
//! was collected.
//!
//! The caller is an owner by an ordinary session. They act on their active workspace, or on one
//! that they name and own; the store checks the ownership in the transaction that acts (18, 4).

mod add_member;
mod create_invite;
mod list_gc_runs;
mod list_invites;
mod remove_member;
mod revoke_invite;
mod set_role;
mod target;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::routing::{get, post};
use or3_domain::clock::Clock;
use or3_domain::gc::GcLedger;
use or3_domain::invite::Invites;
use or3_domain::workspace::MemberStore;
use or3_http::{HttpPolicy, Sessions, gate, no_store};

/// The routes of this function, as template and README name them.
pub const ROUTES: &[(&str, &str)] = &[
    ("POST", "/api/admin/workspace/members/upsert"),
    ("POST", "/api/admin/workspace/members/set-role"),
    ("POST", "/api/admin/workspace/members/remove"),
    ("POST", "/api/admin/workspace/invites/create"),
    ("GET", "/api/admin/workspace/invites/list"),
    ("POST", "/api/admin/workspace/invites/revoke"),
    ("GET", "/api/admin/gc/runs"),
];

/// What this function needs.
#[derive(Clone)]
pub struct Ports {
    /// Whether auth is switched on; otherwise every route answers 404.
    pub enabled: bool,
    /// Memberships.
    pub members: Arc<dyn MemberStore>,
    /// Invites.
    pub invites: Invites,
    /// The records of collections.
    pub gc_ledger: Arc<dyn GcLedger>,
    /// Who calls.
    pub sessions: Sessions,
    /// Origins that may change something.
    pub policy: Arc<HttpPolicy>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl FromRef<Ports> for Arc<HttpPolicy> {
    fn from_ref(ports: &Ports) -> Self {
        Arc::clone(&ports.policy)
    }
}

impl FromRef<Ports> for Sessions {
    fn from_ref(ports: &Ports) -> Self {
        ports.sessions.clone()
    }
}

/// The routes over `ports`.
pub fn router(ports: Ports) -> Router {
    let enabled = ports.enabled;
    let members = Router::new()
        .route("/upsert", post(add_member::handle))
        .route("/set-role", post(set_role::handle))
        .route("/remove", post(remove_member::handle));
    let invites = Router::new()
        .route("/create", post(create_invite::handle))
        .route("/list", get(list_invites::handle))
        .route("/revoke", post(revoke_invite::handle));
    let routes = Router::new()
        .nest("/api/admin/workspace/members", members)
        .nest("/api/admin/workspace/invites", invites)
        .route("/api/admin/gc/runs", get(list_gc_runs::handle));
    no_store(gate(routes, enabled)).with_state(ports)
}
