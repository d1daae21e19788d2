//! `DELETE`: an upload is given up (tus 1.0, termination).

use axum::extract::{Path, State};
use http::StatusCode;
use or3_http::{ApiError, Caller, OwnOrigin};

use crate::{Ports, grant};

/// The bytes go first: room that is given back before them could be promised twice.
pub(crate) async fn handle(
    _own: OwnOrigin,
    State(ports): State<Ports>,
    caller: Caller,
    Path(token): Path<String>,
) -> Result<StatusCode, ApiError> {
    let grant = grant::read(&ports, &caller, &token, ports.clock.now()).await?;
    ports.partials.discard(&grant.id).await?;
    let key = &grant.upload.key;
    if let Err(error) = ports.files.release(key.workspace(), key.hash()).await {
        // The bytes are gone: the upload is given up. On a full volume that is what makes room.
        tracing::warn!(%error, "room stays held until the upload would have ended");
    }
    Ok(StatusCode::NO_CONTENT)
}
