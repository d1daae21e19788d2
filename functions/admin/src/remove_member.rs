//! `POST /api/admin/workspace/members/remove`: what the member wrote stays.

use axum::Json;
use axum::extract::State;
use or3_domain::ids::UserId;
use or3_domain::workspace::Change;
use or3_http::{ApiError, Intent, Limited, json_of};
use serde::Deserialize;

use crate::Ports;
use crate::add_member::{CEILING, Done, invalid};
use crate::target::Target;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    user_id: UserId,
    workspace_id: Option<String>,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    Intent(caller): Intent,
    body: Limited<CEILING>,
) -> Result<Json<Done>, ApiError> {
    let body: Body = json_of(&body.0, invalid())?;
    let target = Target::of(&caller, body.workspace_id.as_deref()).await?;
    let change = Change::Remove(body.user_id);
    let now = ports.clock.now();
    ports
        .members
        .change(&target.workspace, &target.authority, &change, now)
        .await?;
    ports.settle_for(&target.authority).await;
    Ok(Json(Done { ok: true }))
}
