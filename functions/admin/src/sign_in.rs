//! `POST /api/admin/auth/login` (auth contract, 3.5 and 10.6).

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use or3_domain::admin::{AdminAccount, AdminError};
use or3_domain::audit::{Action, NewEntry};
use or3_domain::auth::digest;
use or3_domain::limits::Policy;
use or3_http::{AdminCookie, ApiError, Context, Limited, ThisHost, Ticket, json_of};
use serde::{Deserialize, Serialize};

use crate::Ports;
use crate::add_member::CEILING;
use crate::budget::{count_by, said};

/// Attempts from one address, whatever the name: each costs a hash.
pub(crate) const ATTEMPTS: Policy = Policy::per_minute("admin:login-attempts", 20);

/// Failures of one name from one address. A success ends them; trouble of ours is none.
const FAILURES: Policy = Policy {
    name: "admin:login",
    max_requests: 5,
    window: Duration::from_mins(15),
};

pub(crate) const TOO_MANY: &str = "Too many login attempts. Please try again later.";

#[derive(Deserialize)]
struct Body {
    username: Option<String>,
    password: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct SignedIn {
    success: bool,
    username: String,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    context: Context,
    _page: ThisHost,
    body: Limited<CEILING>,
) -> Result<Json<SignedIn>, ApiError> {
    let account = ports.account(&context)?;
    let (username, password) = credentials(&body.0)?;
    let address = context.client_key();
    // The name is of any length and from anybody: what is kept of it is a digest.
    let subject = digest(&format!("{address}\n{username}"));
    counted(&ports, &context, &address, ATTEMPTS).await?;
    let attempt = counted(&ports, &context, &subject, FAILURES).await?;
    let signed_in = sign_in(&ports, account, &address, (&username, &password)).await;
    let trouble = |error: &AdminError| !matches!(error, AdminError::InvalidCredentials);
    if signed_in.as_ref().is_err_and(trouble) {
        hand_back(&ports, &subject, attempt).await;
    }
    let (token, username) = signed_in?;
    ports.limits.limiter.clear(&subject, &FAILURES).await?;
    ports.settle().await;
    AdminCookie::set(&context, &ports.policy, &token, ports.lifetime());
    Ok(Json(SignedIn {
        success: true,
        username,
    }))
}

async fn counted(
    ports: &Ports,
    context: &Context,
    subject: &str,
    budget: Policy,
) -> Result<Option<Ticket>, ApiError> {
    let counted = count_by(ports, context, subject, budget).await;
    counted.map_err(|refused| said(refused, TOO_MANY))
}

/// A token and the stored name, once it is written down what came of the attempt.
async fn sign_in(
    ports: &Ports,
    account: &AdminAccount,
    address: &str,
    (username, password): (&str, &str),
) -> Result<(String, String), AdminError> {
    let signed_in = account.sign_in(username, password).await;
    let (action, actor) = match &signed_in {
        Ok((_, known)) => (Action::AdminSignIn, known.as_str()),
        Err(AdminError::InvalidCredentials) => (Action::AdminSignInFailed, ""),
        Err(_) => return signed_in,
    };
    let entry = NewEntry::new(ports.clock.now(), action, actor);
    let entry = entry.on(username).from(Some(address));
    ports.audit.append(&entry).await?;
    signed_in
}

/// A fault of ours is no failure of whoever signs in. What was decided first is the answer, whatever
/// becomes of the place.
async fn hand_back(ports: &Ports, subject: &str, attempt: Option<Ticket>) {
    if let Err(lost) = ports.limits.refund(subject, attempt).await {
        let (status, reason) = (lost.status().as_u16(), lost.message());
        tracing::warn!(status, reason, "an attempt to sign in was not handed back");
    }
}

fn credentials(body: &[u8]) -> Result<(String, String), ApiError> {
    let missing = || ApiError::bad_request("Username and password are required");
    let body: Body = json_of(body, missing())?;
    let given = |text: Option<String>| text.filter(|text| !text.is_empty()).ok_or_else(missing);
    Ok((given(body.username)?, given(body.password)?))
}
