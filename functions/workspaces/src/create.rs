//! `POST /api/workspaces`: a new one, owned by the caller. The active one stays.

use axum::Json;
use axum::extract::State;
use or3_domain::ids::WorkspaceId;
use or3_domain::workspace::NewWorkspace;
use or3_http::{ApiError, Limited};
use serde::Serialize;

use crate::Ports;
use crate::body::{CEILING, titles};
use crate::member::Member;

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = NewWorkspace))]
pub(crate) struct Created {
    id: String,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    member: Member,
    body: Limited<CEILING>,
) -> Result<Json<Created>, ApiError> {
    let (name, description) = titles(&body.0)?;
    let workspace = NewWorkspace {
        id: WorkspaceId::new(ports.ids.uuid()),
        name,
        description,
        created_at: ports.clock.now(),
    };
    ports.workspaces.create(&workspace, &member.user).await?;
    let id = workspace.id.into_string();
    Ok(Json(Created { id }))
}
