//! `GET /api/admin/workspace/invites/list`: the newest first, without tokens (auth contract,
//! 3.7).

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use or3_domain::access::Role;
use or3_domain::clock::Timestamp;
use or3_domain::ids::UserId;
use or3_domain::invite::{Invite, InviteStatus};
use or3_http::{AdminCaller, ApiError};
use serde::{Deserialize, Serialize};

use crate::Ports;
use crate::target::Target;

/// What a query that is not understood is told.
pub(crate) const INVALID_QUERY: &str = "Invalid query";

pub(crate) const MOST: u32 = 500;
const USUAL: u32 = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Question {
    status: Option<String>,
    limit: Option<u32>,
    workspace_id: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = InviteList))]
pub(crate) struct Answer {
    invites: Vec<View>,
}

/// Moments are milliseconds, but for `expiresAt`, which is in seconds as in the token.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Invite))]
#[serde(rename_all = "camelCase")]
struct View {
    id: String,
    workspace_id: String,
    email: String,
    #[cfg_attr(feature = "openapi", schema(schema_with = or3_http::openapi::role))]
    role: Role,
    status: &'static str,
    invited_by_user_id: String,
    expires_at: i64,
    accepted_at: Option<i64>,
    accepted_user_id: Option<String>,
    revoked_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    caller: AdminCaller,
    question: Result<Query<Question>, QueryRejection>,
) -> Result<Json<Answer>, ApiError> {
    caller.require_somebody().await?;
    let invalid = || ApiError::bad_request(INVALID_QUERY);
    let Query(question) = question.map_err(|_| invalid())?;
    let status = question.status.as_deref().filter(|word| !word.is_empty());
    let status = status.map(|word| InviteStatus::parse(word).ok_or_else(invalid));
    let status = status.transpose()?;
    let limit = question.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(invalid());
    }
    let Target {
        authority,
        workspace,
    } = Target::of(&caller, question.workspace_id.as_deref()).await?;
    let store = ports.invites.store();
    let now = ports.clock.now();
    let listed = store
        .list(&workspace, &authority, status, limit, now)
        .await?;
    let invites = listed.into_iter().map(view).collect();
    Ok(Json(Answer { invites }))
}

fn view(invite: Invite) -> View {
    View {
        id: invite.id,
        workspace_id: invite.workspace.into_string(),
        email: invite.email,
        role: invite.role,
        status: invite.status.as_str(),
        invited_by_user_id: invite.invited_by.into_string(),
        expires_at: invite.expires_at.seconds(),
        accepted_at: invite.accepted_at.map(Timestamp::millis),
        accepted_user_id: invite.accepted_by.map(UserId::into_string),
        revoked_at: invite.revoked_at.map(Timestamp::millis),
        created_at: invite.created_at.millis(),
        updated_at: invite.updated_at.millis(),
    }
}
