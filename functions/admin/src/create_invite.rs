//! `POST /api/admin/workspace/invites/create`: the only answer that ever shows the token (auth
//! contract, 3.7).

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use or3_domain::access::Role;
use or3_domain::auth::Email;
use or3_domain::invite::{Invitation, Issued};
use or3_http::{ApiError, Limited, OwnPage, json_of};
use serde::{Deserialize, Serialize};

use crate::Ports;
use crate::add_member::{CEILING, invalid};
use crate::target::Target;

/// One minute to thirty days.
pub(crate) const LIFETIME_SECONDS: std::ops::RangeInclusive<u64> = 60..=2_592_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    email: String,
    role: Option<Role>,
    expires_in_seconds: Option<u64>,
    workspace_id: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = NewInvite))]
pub(crate) struct Created {
    ok: bool,
    invite: View,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = IssuedInvite))]
#[serde(rename_all = "camelCase")]
struct View {
    id: String,
    email: String,
    #[cfg_attr(feature = "openapi", schema(schema_with = or3_http::openapi::role))]
    role: Role,
    /// Seconds.
    expires_at: i64,
    token: String,
    invite_url: String,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    OwnPage(caller): OwnPage,
    body: Limited<CEILING>,
) -> Result<Json<Created>, ApiError> {
    let body: Body = json_of(&body.0, invalid())?;
    let target = Target::of(&caller, body.workspace_id.as_deref()).await?;
    let invitation = invitation(&body, target)?;
    let issued = ports.invites.issue(&invitation).await?;
    ports.settle_for(&invitation.authority).await;
    Ok(Json(Created {
        ok: true,
        invite: view(&invitation, issued),
    }))
}

fn invitation(body: &Body, target: Target) -> Result<Invitation, ApiError> {
    let lifetime = body.expires_in_seconds;
    if lifetime.is_some_and(|seconds| !LIFETIME_SECONDS.contains(&seconds)) {
        return Err(invalid());
    }
    Ok(Invitation {
        workspace: target.workspace,
        authority: target.authority,
        email: Email::parse(body.email.trim()).ok_or_else(invalid)?,
        role: body.role.unwrap_or(Role::Viewer),
        lifetime: lifetime.map(Duration::from_secs),
    })
}

/// The token is base64url and a dot, which a URL carries as they are.
fn view(invitation: &Invitation, issued: Issued) -> View {
    View {
        id: issued.id,
        email: invitation.email.as_str().to_owned(),
        role: invitation.role,
        expires_at: issued.expires_at.seconds(),
        invite_url: format!("/?invite={}", issued.token),
        token: issued.token,
    }
}
