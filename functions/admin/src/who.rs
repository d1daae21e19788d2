//! `GET /api/admin/auth/session`: which kind of administrator asks (auth contract, 3.5).

use axum::Json;
use or3_http::{AdminCaller, ApiError};
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct Answer {
    authenticated: bool,
    kind: &'static str,
}

pub(crate) async fn handle(caller: AdminCaller) -> Result<Json<Answer>, ApiError> {
    let kind = match caller.require_any_admin().await? {
        None => "super_admin",
        Some(_) => "workspace_admin",
    };
    Ok(Json(Answer {
        authenticated: true,
        kind,
    }))
}
