//! `GET /api/admin/overview`: the deployment in numbers.

use axum::Json;
use axum::extract::State;
use or3_http::{ApiError, SuperOnly};
use serde::Serialize;

use crate::Ports;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    /// When the numbers were so, in milliseconds.
    at: i64,
    users: u64,
    admins: u64,
    workspaces: u64,
    deleted_workspaces: u64,
    pending_invites: u64,
    sessions: u64,
    changes: u64,
    stored_bytes: u64,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    _super: SuperOnly,
) -> Result<Json<Answer>, ApiError> {
    let now = ports.clock.now();
    let numbers = ports.directory.overview(now).await?;
    Ok(Json(Answer {
        at: now.millis(),
        users: numbers.users,
        admins: numbers.admins,
        workspaces: numbers.workspaces,
        deleted_workspaces: numbers.deleted_workspaces,
        pending_invites: numbers.pending_invites,
        sessions: numbers.sessions,
        changes: numbers.changes,
        stored_bytes: numbers.stored_bytes,
    }))
}
