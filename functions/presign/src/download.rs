//! `POST /api/storage/presign-download`: a URL that gives one file (storage contract, 2.2).

use axum::Json;
use axum::extract::State;
use futures_util::future::try_join;
use or3_domain::access::Permission;
use or3_domain::auth::Session;
use or3_domain::limits::Policy;
use or3_domain::storage::filename::sanitized;
use or3_domain::storage::mime::{Disposition, served_as};
use or3_domain::storage::{
    BlobKey, DownloadGrant, Servable, StorageError, report_damage, servable,
};
use or3_http::{ApiError, Caller, Context, Remaining};
use serde::Deserialize;

use crate::Ports;
use crate::control::Control;
use crate::fields::{Capability, Lifetime, Text, key};
use crate::presigned::Presigned;

/// A hundred downloads a minute and person.
pub(crate) const LIMIT: Policy = Policy::per_minute("storage:download", 100);

#[derive(Deserialize)]
pub(crate) struct Request {
    workspace_id: Text<256>,
    hash: Text<256>,
    disposition: Option<Disposition>,
    /// Looked at for its shape; what the file is called is ours to know.
    #[serde(rename = "storage_id")]
    _storage_id: Option<String>,
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
        .authorize(Permission::WorkspaceRead, workspace)
        .await?;
    let key = key(&session.workspace.id, &request.hash.0)?;
    let subject = session.user.id.as_str();
    ports
        .limits
        .admit(&context, subject, LIMIT, Remaining::Untold)
        .await?;
    let file = look_up(&ports, &key).await?;
    let grant = grant(session, key, &file, request.disposition);
    let signed = ports
        .signer
        .sign_download(&grant, ports.clock.now())
        .await?;
    let disposition = Some(grant.disposition);
    Ok(Json(Presigned::new(
        signed,
        disposition,
        grant.storage_id(),
    )))
}

async fn look_up(ports: &Ports, key: &BlobKey) -> Result<Servable, ApiError> {
    let facts = ports.files.find(key.workspace(), key.hash());
    let (facts, stat) = try_join(facts, ports.blobs.stat(key)).await?;
    if facts.committed.is_some() && stat.is_none() {
        let (workspace, hash) = (key.workspace(), key.hash());
        tracing::error!(%workspace, %hash, "a committed blob is missing");
    }
    let servable = servable(facts, stat);
    if let Err(damage @ (StorageError::Damaged { .. } | StorageError::OtherHash)) = &servable {
        report_damage(ports.files.as_ref(), key, damage, ports.clock.now()).await;
    }
    Ok(servable?)
}

fn grant(
    session: &Session,
    key: BlobKey,
    file: &Servable,
    asked: Option<Disposition>,
) -> DownloadGrant {
    let (mime_type, disposition) = served_as(&file.mime_type, file.kind, asked);
    DownloadGrant {
        user: session.user.id.clone(),
        key,
        size_bytes: file.size_bytes,
        mime_type: mime_type.to_owned(),
        disposition,
        filename: sanitized(&file.name),
    }
}
