//! `POST /api/basic-auth/register` (auth contract, 3.2.2).

use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use or3_domain::auth::Registrant;
use or3_domain::invite::MAX_INVITE_UNITS;
use or3_domain::limits::Policy;
use or3_http::{ApiError, Context};

use crate::Ports;
use crate::door::{Door, Operation};
use crate::form::{Form, bad_password, guessable, mismatch};
use crate::sign_in::Done;

pub(crate) enum Register {}

impl Operation for Register {
    const BUDGET: Policy = Policy::per_minute("basic-auth:register", 10);
}

pub(crate) const MAX_NAME: usize = 120;
/// How long the browser keeps the invite for the first session.
const INVITE_WAITS: Duration = Duration::from_mins(10);

pub(crate) async fn handle(
    State(ports): State<Ports>,
    context: Context,
    door: Door<Register>,
    form: Form,
) -> Result<Json<Done>, ApiError> {
    let registrant = registrant(&form)?;
    let name = registrant.display_name.as_deref().unwrap_or_default();
    let about = [registrant.email.as_str(), name];
    if door.accounts.is_guessable(registrant.password, &about) {
        return Err(guessable());
    }
    let (invite, origin) = (registrant.invite, context.origin());
    let tokens = door.accounts.register(registrant, &origin).await?;
    let cookies = &ports.sessions.cookies;
    cookies.set(&context, &tokens);
    if let Some(invite) = invite.filter(|_| door.accounts.takes_invites()) {
        cookies.set_invite(&context, invite, INVITE_WAITS);
    }
    Ok(Json(Done { ok: true }))
}

fn registrant(form: &Form) -> Result<Registrant<'_>, ApiError> {
    let email = form.email()?;
    let password = form.new_password("password").ok_or_else(bad_password)?;
    let repeated = form.new_password("confirmPassword");
    let repeated = repeated.ok_or_else(bad_password)?;
    let display_name = form.optional("displayName", MAX_NAME)?.map(str::to_owned);
    let invite = form.optional("inviteToken", MAX_INVITE_UNITS)?;
    if repeated != password {
        return Err(mismatch());
    }
    Ok(Registrant {
        email,
        password,
        display_name,
        invite,
    })
}

/// Whatever goes wrong, nobody is signed in afterwards: every error of this endpoint clears the
/// cookies, those of the door included.
pub(crate) async fn clear_on_error(
    State(ports): State<Ports>,
    context: Context,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    if !response.status().is_success() {
        ports.sessions.cookies.clear(&context);
    }
    response
}
