//! Who is signed in, and the password provider: `GET /api/auth/session` and
//! `POST /api/basic-auth/{sign-in,register,refresh,sign-out,change-password}` (auth contract, 3.1
//! and 3.2); one's own sessions under `/api/basic-auth/sessions`. In test mode, tests sign in by
//! `POST /api/auth/test-sign-in`.
//!
//! Every password endpoint goes through the same `door` before it looks at its body.

mod change_password;
mod door;
mod form;
#[cfg(feature = "openapi")]
pub mod openapi;
mod refresh;
mod register;
mod session;
mod sessions;
mod sign_in;
mod sign_out;
mod test_sign_in;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post};
use or3_domain::audit::AuditLog;
use or3_domain::auth::Accounts;
use or3_domain::clock::Clock;
use or3_http::{HttpPolicy, RateLimits, Sessions};

/// The routes of this function, as template and README name them.
pub const ROUTES: &[(&str, &str)] = &[
    ("GET", "/api/auth/session"),
    ("POST", "/api/auth/test-sign-in"),
    ("POST", "/api/basic-auth/sign-in"),
    ("POST", "/api/basic-auth/register"),
    ("POST", "/api/basic-auth/refresh"),
    ("POST", "/api/basic-auth/sign-out"),
    ("POST", "/api/basic-auth/change-password"),
    ("GET", "/api/basic-auth/sessions"),
    ("DELETE", "/api/basic-auth/sessions"),
    ("DELETE", "/api/basic-auth/sessions/{id}"),
];

/// What this function needs.
#[derive(Clone)]
pub struct Ports {
    /// Whether auth is switched on.
    pub enabled: bool,
    /// Password accounts, where identities are proved by passwords.
    pub accounts: Option<Accounts>,
    /// What tests must know that sign in as anybody; `None` where none may.
    pub test_secret: Option<Arc<str>>,
    /// Where failures are written down.
    pub audit: Arc<dyn AuditLog>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Who calls.
    pub sessions: Sessions,
    /// Budgets.
    pub limits: RateLimits,
    /// Origins that may use the password endpoints.
    pub policy: Arc<HttpPolicy>,
}

impl FromRef<Ports> for Sessions {
    fn from_ref(ports: &Ports) -> Self {
        ports.sessions.clone()
    }
}

/// The routes over `ports`.
pub fn router(ports: Ports) -> Router {
    let clear_on_error = from_fn_with_state(ports.clone(), register::clear_on_error);
    Router::new()
        .route(
            "/api/basic-auth/register",
            post(register::handle).layer(clear_on_error),
        )
        .route("/api/auth/session", get(session::handle))
        .route("/api/auth/test-sign-in", post(test_sign_in::handle))
        .route("/api/basic-auth/sign-in", post(sign_in::handle))
        .route("/api/basic-auth/refresh", post(refresh::handle))
        .route("/api/basic-auth/sign-out", post(sign_out::handle))
        .route(
            "/api/basic-auth/change-password",
            post(change_password::handle),
        )
        .route(
            "/api/basic-auth/sessions",
            get(sessions::list).delete(sessions::end_others),
        )
        .route("/api/basic-auth/sessions/{id}", delete(sessions::end))
        .with_state(ports)
}
