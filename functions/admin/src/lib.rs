//! Administration (auth contract, 3.5 to 3.7 and 10).
//!
//! The super admin, who has a credential and a cookie of their own, looks after the deployment:
//! workspaces, users, grants, status and configuration. Owners look after the people of their
//! workspaces by an ordinary session: they act on their active workspace, or on one that they name
//! and own; the store checks the ownership in the transaction that acts (18, 4). The super admin may
//! do that on every workspace.
//!
//! Who gets through to which route is said in [`CLASSIFIED`].

mod add_member;
mod audit;
mod budget;
mod change_password;
mod classified;
mod config;
mod create_invite;
mod grants;
mod guest_access;
mod list_gc_runs;
mod list_invites;
mod metrics_history;
#[cfg(feature = "openapi")]
pub mod openapi;
mod overview;
mod question;
mod remove_member;
mod revoke_invite;
mod run_cursor;
mod set_role;
mod shelve;
mod sign_in;
mod sign_out;
mod status;
mod target;
mod users;
mod views;
mod who;
mod workspace;
mod workspaces;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::FromRef;
use axum::routing::{get, post};
use or3_domain::admin::{AdminAccount, ConfigEntry, Deed, Directory, Provider, SuperAdmin};
use or3_domain::audit::AuditLog;
use or3_domain::clock::Clock;
use or3_domain::gc::GcLedger;
use or3_domain::ids::Ids;
use or3_domain::invite::Invites;
use or3_domain::workspace::{Authority, MemberStore};
use or3_http::{Admins, ApiError, Context, HttpPolicy, RateLimits, Sessions, gate, no_store};

pub use classified::CLASSIFIED;

/// The routes of this function, as template and README name them.
pub const ROUTES: &[(&str, &str)] = &[
    ("POST", "/api/admin/auth/login"),
    ("POST", "/api/admin/auth/logout"),
    ("GET", "/api/admin/auth/session"),
    ("POST", "/api/admin/auth/change-password"),
    ("GET", "/api/admin/overview"),
    ("GET", "/api/admin/metrics/history"),
    ("GET", "/api/admin/workspaces"),
    ("POST", "/api/admin/workspaces"),
    ("GET", "/api/admin/workspaces/{id}"),
    ("POST", "/api/admin/workspaces/{id}/soft-delete"),
    ("POST", "/api/admin/workspaces/{id}/restore"),
    ("GET", "/api/admin/users"),
    ("GET", "/api/admin/search-users"),
    ("GET", "/api/admin/admin-users"),
    ("POST", "/api/admin/admin-users/grant"),
    ("POST", "/api/admin/admin-users/revoke"),
    ("GET", "/api/admin/workspace"),
    ("POST", "/api/admin/workspace/members/upsert"),
    ("POST", "/api/admin/workspace/members/set-role"),
    ("POST", "/api/admin/workspace/members/remove"),
    ("POST", "/api/admin/workspace/guest-access/set"),
    ("POST", "/api/admin/workspace/invites/create"),
    ("GET", "/api/admin/workspace/invites/list"),
    ("POST", "/api/admin/workspace/invites/revoke"),
    ("GET", "/api/admin/gc/runs"),
    ("GET", "/api/admin/audit"),
    ("GET", "/api/admin/audit/verify"),
    ("GET", "/api/admin/system/status"),
    ("GET", "/api/admin/system/config"),
    ("GET", "/api/admin/system/config/enriched"),
];

/// How many entries of the audit trail a request seals; the collection does the rest.
const SEALED_AT_ONCE: u32 = 1000;

/// What this function needs.
#[derive(Clone, FromRef)]
pub struct Ports {
    /// Whether auth is switched on; otherwise every route answers 404.
    #[from_ref(skip)]
    pub enabled: bool,
    /// The super admin's credential, where there is one.
    pub account: Option<AdminAccount>,
    /// How the super admin is known.
    pub admins: Admins,
    /// Everybody and everything.
    pub directory: Arc<dyn Directory>,
    /// Memberships.
    pub members: Arc<dyn MemberStore>,
    /// Invites.
    pub invites: Invites,
    /// The records of collections.
    pub gc_ledger: Arc<dyn GcLedger>,
    /// The audit trail.
    pub audit: Arc<dyn AuditLog>,
    /// The parts of the product.
    pub providers: Arc<[Provider]>,
    /// The settings in force.
    pub config: Arc<[ConfigEntry]>,
    /// Who calls.
    pub sessions: Sessions,
    /// How often they may.
    pub limits: RateLimits,
    /// How cookies are handed out.
    pub policy: Arc<HttpPolicy>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Ids of new workspaces.
    pub ids: Arc<dyn Ids>,
}

impl Ports {
    /// The super admin's account.
    ///
    /// # Errors
    ///
    /// 404 where there is none, or not on the host that was asked.
    fn account(&self, context: &Context) -> Result<&AdminAccount, ApiError> {
        let account = self.account.as_ref();
        let here = account.filter(|_| self.admins.are_known_here(context));
        here.ok_or_else(ApiError::not_found)
    }

    /// What the super admin does, for the audit trail.
    fn deed(&self, by: &SuperAdmin, context: &Context) -> Deed {
        Deed {
            by: by.username.clone(),
            from: context.client_ip().map(|ip| ip.to_string()),
            at: self.clock.now(),
        }
    }

    /// Seals what was written down.
    async fn seal(&self) -> Result<(), ApiError> {
        Ok(self.audit.seal(SEALED_AT_ONCE).await.map(drop)?)
    }

    /// Seals what the super admin has just done, and everything before it. It is done and written
    /// down already: what cannot be sealed now is sealed later.
    async fn settle(&self) {
        if let Err(error) = self.audit.seal(SEALED_AT_ONCE).await {
            tracing::error!(%error, "the audit trail could not be sealed");
        }
    }

    /// [`settle`](Self::settle), if it was the super admin.
    async fn settle_for(&self, authority: &Authority) {
        if matches!(authority, Authority::SuperAdmin(_)) {
            self.settle().await;
        }
    }

    /// How long the super admin's cookie lives.
    fn lifetime(&self) -> Duration {
        let tokens = self.admins.tokens.as_ref();
        tokens.map_or(Duration::ZERO, or3_domain::admin::AdminTokens::lifetime)
    }
}

/// The routes over `ports`.
pub fn router(ports: Ports) -> Router {
    let enabled = ports.enabled;
    let routes = Router::new()
        .nest("/api/admin/auth", credentials())
        .nest("/api/admin/workspace", of_one_workspace())
        .nest("/api/admin/system", system())
        .merge(of_the_deployment());
    no_store(gate(routes, enabled)).with_state(ports)
}

fn credentials() -> Router<Ports> {
    Router::new()
        .route("/login", post(sign_in::handle))
        .route("/logout", post(sign_out::handle))
        .route("/session", get(who::handle))
        .route("/change-password", post(change_password::handle))
}

fn of_one_workspace() -> Router<Ports> {
    Router::new()
        .route("/", get(workspace::handle))
        .route("/members/upsert", post(add_member::handle))
        .route("/members/set-role", post(set_role::handle))
        .route("/members/remove", post(remove_member::handle))
        .route("/guest-access/set", post(guest_access::handle))
        .route("/invites/create", post(create_invite::handle))
        .route("/invites/list", get(list_invites::handle))
        .route("/invites/revoke", post(revoke_invite::handle))
}

fn system() -> Router<Ports> {
    Router::new()
        .route("/status", get(status::handle))
        .route("/config", get(config::plain))
        .route("/config/enriched", get(config::enriched))
}

fn of_the_deployment() -> Router<Ports> {
    Router::new()
        .route("/api/admin/overview", get(overview::handle))
        .route("/api/admin/metrics/history", get(metrics_history::handle))
        .route(
            "/api/admin/workspaces",
            get(workspaces::list).post(workspaces::create),
        )
        .route("/api/admin/workspaces/{id}", get(workspaces::details))
        .route(
            "/api/admin/workspaces/{id}/soft-delete",
            post(shelve::delete),
        )
        .route("/api/admin/workspaces/{id}/restore", post(shelve::restore))
        .route("/api/admin/users", get(users::list))
        .route("/api/admin/search-users", get(users::search))
        .route("/api/admin/admin-users", get(grants::list))
        .route("/api/admin/admin-users/grant", post(grants::grant))
        .route("/api/admin/admin-users/revoke", post(grants::revoke))
        .route("/api/admin/gc/runs", get(list_gc_runs::handle))
        .route("/api/admin/audit", get(audit::list))
        .route("/api/admin/audit/verify", get(audit::look))
}
