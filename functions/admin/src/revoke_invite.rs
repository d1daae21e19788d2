//! `POST /api/admin/workspace/invites/revoke`: without effect on an invite that is not pending.

use axum::Json;
use axum::extract::State;
use or3_http::{ApiError, Limited, OwnPage, json_of};
use serde::Deserialize;

use crate::Ports;
use crate::add_member::{CEILING, Done, invalid};
use crate::target::Target;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    invite_id: String,
    workspace_id: Option<String>,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    OwnPage(caller): OwnPage,
    body: Limited<CEILING>,
) -> Result<Json<Done>, ApiError> {
    let body: Body = json_of(&body.0, invalid())?;
    let Target {
        authority,
        workspace,
    } = Target::of(&caller, body.workspace_id.as_deref()).await?;
    let store = ports.invites.store();
    let now = ports.clock.now();
    store
        .revoke(&workspace, &authority, &body.invite_id, now)
        .await?;
    ports.settle_for(&authority).await;
    Ok(Json(Done { ok: true }))
}
