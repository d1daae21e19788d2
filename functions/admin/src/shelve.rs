//! `POST /api/admin/workspaces/{id}/soft-delete` and `/restore`: rows, files and memberships stay
//! (auth contract, 9). An unknown workspace is passed over silently.

use axum::Json;
use axum::extract::{Path, State};
use or3_domain::admin::Deed;
use or3_domain::ids::WorkspaceId;
use or3_http::{ApiError, SuperChange};

use crate::Ports;
use crate::budget;
use crate::sign_out::{SUCCESS, Success};

pub(crate) async fn delete(
    State(ports): State<Ports>,
    SuperChange(root, context): SuperChange,
    Path(id): Path<WorkspaceId>,
) -> Result<Json<Success>, ApiError> {
    budget::count(&ports, &context).await?;
    set(&ports, &id, true, &ports.deed(&root, &context)).await?;
    Ok(SUCCESS)
}

pub(crate) async fn restore(
    State(ports): State<Ports>,
    SuperChange(root, context): SuperChange,
    Path(id): Path<WorkspaceId>,
) -> Result<Json<Success>, ApiError> {
    budget::count(&ports, &context).await?;
    set(&ports, &id, false, &ports.deed(&root, &context)).await?;
    Ok(SUCCESS)
}

async fn set(ports: &Ports, id: &WorkspaceId, deleted: bool, deed: &Deed) -> Result<(), ApiError> {
    ports.directory.set_deleted(id, deleted, deed).await?;
    ports.settle().await;
    Ok(())
}
