//! `POST /api/auth/test-sign-in`: a test signs in as anybody, without a password and without the time
//! that one takes. The same address is the same account each time, whoever made it.
//!
//! There is no such route unless the deployment is in test mode, which none in production can be.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use http::request::Parts;
use or3_domain::audit::{Action, NewEntry};
use or3_domain::auth::digest;
use or3_domain::limits::Policy;
use or3_http::{ApiError, Context};

use crate::Ports;
use crate::door::{Door, Operation};
use crate::form::Form;
use crate::sign_in::Done;

pub(crate) const SECRET: &str = "x-or3-test-secret";

const MAX_NAME: usize = 120;

pub(crate) enum TestSignIn {}

impl Operation for TestSignIn {
    const BUDGET: Policy = Policy::per_minute("auth:test-sign-in", 600);
}

/// The request knows the secret of this deployment's tests.
pub(crate) struct Knows;

impl FromRequestParts<Ports> for Knows {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &Ports) -> Result<Self, ApiError> {
        let secret = state.test_secret.as_deref();
        let secret = secret.ok_or_else(ApiError::not_found)?;
        let sent = parts.headers.get(SECRET);
        let sent = sent.map(|sent| String::from_utf8_lossy(sent.as_bytes()));
        // Digests take the same time to compare wherever they differ, and tell nothing of the secret.
        let same = sent.is_some_and(|sent| digest(&sent) == digest(secret));
        same.then_some(Self).ok_or_else(ApiError::forbidden)
    }
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    context: Context,
    _knows: Knows,
    door: Door<TestSignIn>,
    form: Form,
) -> Result<Json<Done>, ApiError> {
    let email = form.email()?;
    let name = form.optional("displayName", MAX_NAME)?;
    let told = NewEntry::new(ports.clock.now(), Action::TestSignIn, "");
    let told = told.on(email.as_str()).from(Some(&context.client_key()));
    ports.audit.append(&told).await?;
    let accounts = &door.accounts;
    let tokens = accounts.sign_in_as(email, name, &context.origin()).await?;
    ports.sessions.cookies.set(&context, &tokens);
    Ok(Json(Done { ok: true }))
}
