//! `PATCH /api/workspaces/{id}`: name and description together; an absent description is cleared.

use axum::Json;
use axum::extract::{Path, State};
use or3_domain::ids::WorkspaceId;
use or3_http::{ApiError, Limited};
use serde::Serialize;

use crate::Ports;
use crate::body::{CEILING, titles};
use crate::member::Member;

/// `{"ok":true}`.
#[derive(Serialize)]
pub(crate) struct Done {
    pub(crate) ok: bool,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    member: Member,
    Path(id): Path<String>,
    body: Limited<CEILING>,
) -> Result<Json<Done>, ApiError> {
    let (name, description) = titles(&body.0)?;
    let workspace = WorkspaceId::new(id);
    ports
        .workspaces
        .rename(&workspace, &member.user, &name, &description)
        .await?;
    Ok(Json(Done { ok: true }))
}
