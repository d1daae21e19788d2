//! `POST /api/admin/workspace/guest-access/set`: what clients look at when somebody comes without an
//! account (auth contract, 3.6 and 10.10).

use axum::Json;
use axum::extract::State;
use or3_http::{ApiError, Intent, Limited, json_of};
use serde::Deserialize;

use crate::Ports;
use crate::add_member::{CEILING, Done, invalid};
use crate::target::Target;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    enabled: bool,
    workspace_id: Option<String>,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    Intent(caller): Intent,
    body: Limited<CEILING>,
) -> Result<Json<Done>, ApiError> {
    let body: Body = json_of(&body.0, invalid())?;
    let Target {
        authority,
        workspace,
    } = Target::of(&caller, body.workspace_id.as_deref()).await?;
    let (directory, now) = (&ports.directory, ports.clock.now());
    directory
        .set_guest_access(&workspace, &authority, body.enabled, now)
        .await?;
    ports.settle_for(&authority).await;
    Ok(Json(Done { ok: true }))
}
