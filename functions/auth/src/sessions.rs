//! `/api/basic-auth/sessions`: one's own sessions, and ending them. Not in the contract: its clients
//! do not ask.

use axum::Json;
use axum::extract::{Path, State};
use or3_domain::auth::{AuthError, LiveSession, OwnSession};
use or3_domain::clock::Timestamp;
use or3_domain::ids::SessionId;
use or3_domain::limits::Policy;
use or3_http::{ApiError, Caller, Context};
use serde::Serialize;

use crate::Ports;
use crate::door::{Door, Operation};
use crate::sign_in::Done;

pub(crate) enum List {}

impl Operation for List {
    const BUDGET: Policy = Policy::per_minute("basic-auth:sessions", 120);
}

pub(crate) enum End {}

impl Operation for End {
    const BUDGET: Policy = Policy::per_minute("basic-auth:end-session", 60);
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SessionList))]
pub(crate) struct Sessions {
    sessions: Vec<View>,
}

/// One session; times in ISO 8601.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = OwnSession))]
#[serde(rename_all = "camelCase")]
struct View {
    id: String,
    /// Whether the request came with it.
    current: bool,
    signed_in_at: String,
    renewed_at: String,
    /// When it ends unless it is renewed.
    expires_at: String,
    /// When it ends at last, however often it is renewed; null where sessions may go on.
    ends_at: Option<String>,
    ip_address: Option<String>,
    user_agent: Option<String>,
}

/// `{"ok":true,"ended":…}`.
#[derive(Serialize)]
pub(crate) struct Ended {
    ok: bool,
    ended: u64,
}

/// `GET`: those that live, the one that was renewed last first.
pub(crate) async fn list(
    State(ports): State<Ports>,
    context: Context,
    door: Door<List>,
    caller: Caller,
) -> Result<Json<Sessions>, ApiError> {
    let own = own(&ports, &context, &door, &caller).await?;
    let live = door.accounts.live_sessions(&own.account).await?;
    let sessions = live.into_iter().map(|session| view(&door, &own, session));
    Ok(Json(Sessions {
        sessions: sessions.collect(),
    }))
}

/// `DELETE` with an id: that one. Ending the own one is signing out.
pub(crate) async fn end(
    State(ports): State<Ports>,
    context: Context,
    door: Door<End>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Done>, ApiError> {
    let own = own(&ports, &context, &door, &caller).await?;
    let session = SessionId::new(id);
    if !door.accounts.end_session(&own.account, &session).await? {
        return Err(ApiError::not_found());
    }
    if session == own.session {
        ports.sessions.cookies.clear(&context);
    }
    Ok(Json(Done { ok: true }))
}

/// `DELETE` without an id: all but the own one.
pub(crate) async fn end_others(
    State(ports): State<Ports>,
    context: Context,
    door: Door<End>,
    caller: Caller,
) -> Result<Json<Ended>, ApiError> {
    let own = own(&ports, &context, &door, &caller).await?;
    let ended = door.accounts.end_other_sessions(&own).await?;
    Ok(Json(Ended { ok: true, ended }))
}

/// The session that the request came with, or that it was given on the way.
async fn own<O>(
    ports: &Ports,
    context: &Context,
    door: &Door<O>,
    caller: &Caller,
) -> Result<OwnSession, ApiError> {
    let signed_in = caller.session().await?.is_some();
    let own = caller.access_token().filter(|_| signed_in);
    own.and_then(|token| door.accounts.own_session(token))
        .ok_or_else(|| {
            ports.sessions.cookies.clear(context);
            AuthError::SessionExpired.into()
        })
}

fn view<O>(door: &Door<O>, own: &OwnSession, session: LiveSession) -> View {
    let ends_at = door.accounts.ends_at_last(session.signed_in_at);
    View {
        current: session.id == own.session,
        id: session.id.into_string(),
        signed_in_at: session.signed_in_at.to_iso(),
        renewed_at: session.renewed_at.to_iso(),
        expires_at: session.expires_at.to_iso(),
        ends_at: ends_at.map(Timestamp::to_iso),
        ip_address: session.origin.ip_address,
        user_agent: session.origin.user_agent,
    }
}
