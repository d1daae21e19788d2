//! `POST /api/basic-auth/sign-out` (auth contract, 3.2.4): always 200 behind the door.

use axum::Json;
use axum::extract::State;
use or3_domain::limits::Policy;
use or3_http::{ApiError, Caller, Context};

use crate::Ports;
use crate::door::{Door, Operation};
use crate::sign_in::Done;

pub(crate) enum SignOut {}

impl Operation for SignOut {
    const BUDGET: Policy = Policy::per_minute("basic-auth:sign-out", 60);
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    context: Context,
    door: Door<SignOut>,
    caller: Caller,
) -> Result<Json<Done>, ApiError> {
    door.accounts.sign_out(caller.credentials()).await?;
    ports.sessions.cookies.clear(&context);
    Ok(Json(Done { ok: true }))
}
