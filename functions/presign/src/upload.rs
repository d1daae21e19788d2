//! `POST /api/storage/presign-upload`: a URL that takes one file (storage contract, 2.1).

use axum::Json;
use axum::extract::State;
use or3_domain::access::Permission;
use or3_domain::storage::mime::Disposition;
use or3_domain::storage::{Reservation, UPLOAD_RATE, UploadGrant, reserve};
use or3_http::{ApiError, Caller, Context, Remaining};
use serde::Deserialize;

use crate::Ports;
use crate::control::Control;
use crate::fields::{Capability, Lifetime, Text, bytes, key};
use crate::presigned::Presigned;

#[derive(Deserialize)]
pub(crate) struct Request {
    workspace_id: Text<256>,
    hash: Text<256>,
    mime_type: Text<255>,
    #[serde(deserialize_with = "bytes")]
    size_bytes: u64,
    disposition: Option<Disposition>,
    #[serde(rename = "expires_in_ms")]
    _lifetime: Option<Lifetime>,
    #[serde(rename = "file_kind_capability")]
    _capability: Option<Capability>,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    context: Context,
    caller: Caller,
    Control(request): Control<Request>,
) -> Result<Json<Presigned>, ApiError> {
    let workspace = Some(request.workspace_id.0.as_str());
    let session = caller
        .authorize(Permission::WorkspaceWrite, workspace)
        .await?;
    let grant = UploadGrant {
        user: session.user.id.clone(),
        key: key(&session.workspace.id, &request.hash.0)?,
        hash_as_sent: request.hash.0,
        size_bytes: request.size_bytes,
        mime_type: request.mime_type.0,
    };
    ports.policy.check(grant.size_bytes, &grant.mime_type)?;
    let subject = grant.user.as_str();
    ports
        .limits
        .admit(&context, subject, UPLOAD_RATE, Remaining::Untold)
        .await?;
    let now = ports.clock.now();
    // A provider may ask its store before it signs: only what is within the limit gets there.
    let signed = ports.signer.sign_upload(&grant, now).await?;
    let reservation = Reservation {
        hash: *grant.key.hash(),
        size_bytes: grant.size_bytes,
        expires_at: signed.expires_at,
    };
    let (files, workspace) = (ports.files.as_ref(), grant.key.workspace());
    reserve(files, &ports.policy, workspace, &reservation, now).await?;
    let storage_id = grant.storage_id();
    Ok(Json(Presigned::new(
        signed,
        request.disposition,
        storage_id,
    )))
}
