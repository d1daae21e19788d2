//! `POST /api/workspaces/active`: where the caller's next requests work. It counts from the next
//! request on; nothing is cached.

use axum::Json;
use axum::extract::State;
use or3_domain::ids::WorkspaceId;
use or3_http::{ApiError, Limited, json_of};
use serde::Deserialize;
use serde_json::Value;

use crate::Ports;
use crate::body::CEILING;
use crate::member::Member;
use crate::rename::Done;

pub(crate) const MISSING: &str = "Workspace id is required";

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    id: Value,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    member: Member,
    body: Limited<CEILING>,
) -> Result<Json<Done>, ApiError> {
    let missing = || ApiError::bad_request(MISSING);
    let body: Body = json_of(&body.0, missing())?;
    let id = body.id.as_str().filter(|id| !id.trim().is_empty());
    let id = id.ok_or_else(missing)?;
    let workspace = WorkspaceId::new(id);
    ports
        .workspaces
        .set_active(&workspace, &member.user)
        .await?;
    Ok(Json(Done { ok: true }))
}
