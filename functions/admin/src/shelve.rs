//! `POST /api/admin/workspaces/{id}/soft-delete` and `/restore`: rows, files and memberships stay
//! (auth contract, 9). An unknown workspace is passed over silently.

use axum::Json;
use axum::extract::{Path, State};
use or3_domain::ids::WorkspaceId;
use or3_http::{ApiError, SuperChange};

use crate::Ports;
use crate::budget;
use crate::sign_out::{SUCCESS, Success};

pub(crate) async fn delete(
    State(ports): State<Ports>,
    SuperChange(_, context): SuperChange,
    Path(id): Path<WorkspaceId>,
) -> Result<Json<Success>, ApiError> {
    budget::count(&ports, &context).await?;
    let now = ports.clock.now();
    ports.directory.set_deleted(&id, Some(now)).await?;
    Ok(SUCCESS)
}

pub(crate) async fn restore(
    State(ports): State<Ports>,
    SuperChange(_, context): SuperChange,
    Path(id): Path<WorkspaceId>,
) -> Result<Json<Success>, ApiError> {
    budget::count(&ports, &context).await?;
    ports.directory.set_deleted(&id, None).await?;
    Ok(SUCCESS)
}
