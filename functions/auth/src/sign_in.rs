//! `POST /api/basic-auth/sign-in` (auth contract, 3.2.1).

use axum::Json;
use axum::extract::State;
use or3_domain::audit::{Action, NewEntry};
use or3_domain::auth::AuthError;
use or3_domain::limits::Policy;
use or3_http::{ApiError, Context};
use serde::Serialize;

use crate::Ports;
use crate::door::{Door, Operation};
use crate::form::{Form, bad_password};

pub(crate) enum SignIn {}

impl Operation for SignIn {
    const BUDGET: Policy = Policy::per_minute("basic-auth:sign-in", 20);
}

/// `{"ok":…}`, the answer of every password endpoint.
#[derive(Serialize)]
pub(crate) struct Done {
    pub(crate) ok: bool,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    context: Context,
    door: Door<SignIn>,
    form: Form,
) -> Result<Json<Done>, ApiError> {
    let email = form.email()?;
    let password = form.password("password").ok_or_else(bad_password)?;
    let signed_in = door
        .accounts
        .sign_in(&email, password, &context.origin())
        .await;
    let cookies = &ports.sessions.cookies;
    if let Err(AuthError::InvalidCredentials) = &signed_in {
        cookies.clear(&context);
        let failed = NewEntry::new(ports.clock.now(), Action::SignInFailed, "")
            .on(email.as_str())
            .from(Some(&context.client_key()));
        ports.audit.append(&failed).await?;
    }
    cookies.set(&context, &signed_in?);
    Ok(Json(Done { ok: true }))
}
