//! `PUT /api/storage/fs/upload` (storage contract, 6.1).

use axum::Json;
use axum::extract::{Request, State};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use or3_domain::storage::mime::essence;
use or3_domain::storage::{Interruption, UploadError, UploadGrant};
use or3_http::{ApiError, Caller, Incoming};
use serde::Serialize;

use crate::{Ports, ticket};

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct Uploaded {
    ok: bool,
    storage_id: String,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    caller: Caller,
    request: Request,
) -> Result<Json<Uploaded>, ApiError> {
    let (head, body) = request.into_parts();
    let grant = match ticket::upload(&ports, &head.uri, &caller).await {
        Ok(grant) => grant,
        Err(error) => {
            Incoming::new(body, 0).hear_out(&head.headers).await;
            return Err(error);
        }
    };
    let body = Incoming::new(body, grant.size_bytes);
    if let Err(error) = take(&ports, &grant, &head.headers, &body).await {
        body.hear_out(&head.headers).await;
        return Err(error);
    }
    Ok(Json(Uploaded {
        ok: true,
        storage_id: grant.storage_id(),
    }))
}

async fn take(
    ports: &Ports,
    grant: &UploadGrant,
    headers: &HeaderMap,
    body: &Incoming,
) -> Result<(), ApiError> {
    require_type(headers, &grant.mime_type)?;
    if declared(headers).is_some_and(|length| length > grant.size_bytes) {
        return Err(UploadError::TooLong.into());
    }
    let put = ports
        .blobs
        .put(&grant.key, grant.size_bytes, body.pieces())
        .await;
    put.map_err(|error| match error {
        UploadError::Interrupted(Interruption::Stalled) => too_slow(),
        error => error.into(),
    })
}

fn require_type(headers: &HeaderMap, granted: &str) -> Result<(), ApiError> {
    let sent = headers
        .get(CONTENT_TYPE)
        .and_then(|sent| sent.to_str().ok());
    if sent.is_some_and(|sent| essence(sent) == essence(granted)) {
        return Ok(());
    }
    Err(other_type())
}

/// The body is of another type than was announced.
pub(crate) fn other_type() -> ApiError {
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    ApiError::new(status, "Content type mismatch")
}

/// The body comes too slowly.
pub(crate) fn too_slow() -> ApiError {
    ApiError::new(StatusCode::REQUEST_TIMEOUT, "Upload too slow")
}

fn declared(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
