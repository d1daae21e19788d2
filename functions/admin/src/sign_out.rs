//! `POST /api/admin/auth/logout`: takes the cookie back. The token stays valid until it ends (auth
//! contract, 10.4).

use axum::Json;
use axum::extract::State;
use or3_http::{AdminCookie, ApiError, Context, ThisHost};
use serde::Serialize;

use crate::Ports;

/// `{"success":true}`.
#[derive(Serialize)]
pub(crate) struct Success {
    success: bool,
}

pub(crate) const SUCCESS: Json<Success> = Json(Success { success: true });

pub(crate) async fn handle(
    State(ports): State<Ports>,
    context: Context,
    _page: ThisHost,
) -> Result<Json<Success>, ApiError> {
    ports.account(&context)?;
    AdminCookie::clear(&context);
    Ok(SUCCESS)
}
