//! `DELETE`: an upload is given up (tus 1.0, termination).

use axum::extract::{Path, State};
use http::StatusCode;
use or3_http::{ApiError, Caller, OwnOrigin};

use crate::{Ports, grant, room};

pub(crate) async fn handle(
    _own: OwnOrigin,
    State(ports): State<Ports>,
    caller: Caller,
    Path(token): Path<String>,
) -> Result<StatusCode, ApiError> {
    let grant = grant::read(&ports, &caller, &token, ports.clock.now()).await?;
    ports.partials.discard(&grant.id).await?;
    room::give_back(&ports, &grant).await;
    Ok(StatusCode::NO_CONTENT)
}
