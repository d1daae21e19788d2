//! `POST /api/workspaces/{id}/leave`: the caller is no member any more. The last owner stays: 409.

use axum::Json;
use axum::extract::{Path, State};
use or3_domain::ids::WorkspaceId;
use or3_http::ApiError;

use crate::Ports;
use crate::member::Member;
use crate::rename::Done;

pub(crate) async fn handle(
    State(ports): State<Ports>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Json<Done>, ApiError> {
    let workspace = WorkspaceId::new(id);
    let now = ports.clock.now();
    ports
        .workspaces
        .leave(&workspace, &member.user, now)
        .await?;
    Ok(Json(Done { ok: true }))
}
