//! `POST /api/storage/commit`: an upload is complete (storage contract, 2.3 and 7.1).

use axum::Json;
use axum::extract::State;
use or3_domain::access::Permission;
use or3_domain::limits::Policy;
use or3_domain::storage::mime::FileKind;
use or3_domain::storage::{
    BlobKey, BlobStat, CommittedFile, Proof, StorageError, UploadError, record,
};
use or3_http::{ApiError, Caller, Context, Remaining};
use serde::{Deserialize, Serialize};

use crate::Ports;
use crate::control::Control;
use crate::fields::{Capability, Text, bytes, key};

/// Thirty commits a minute and person.
pub(crate) const LIMIT: Policy = Policy::per_minute("storage:commit", 30);

/// Fields with a leading underscore are looked at for their shape only.
#[derive(Deserialize)]
pub(crate) struct Request {
    workspace_id: Text<256>,
    hash: Text<256>,
    mime_type: Text<255>,
    name: String,
    kind: FileKind,
    #[serde(deserialize_with = "bytes")]
    size_bytes: u64,
    #[serde(rename = "storage_id")]
    _storage_id: String,
    #[serde(rename = "storage_provider_id")]
    _storage_provider_id: String,
    #[serde(rename = "width")]
    _width: Option<f64>,
    #[serde(rename = "height")]
    _height: Option<f64>,
    #[serde(rename = "page_count")]
    _page_count: Option<f64>,
    #[serde(rename = "intent_id")]
    _intent_id: Option<String>,
    #[serde(rename = "file_kind_capability")]
    _capability: Option<Capability>,
}

#[derive(Serialize)]
pub(crate) struct Committed {
    ok: bool,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    context: Context,
    caller: Caller,
    Control(request): Control<Request>,
) -> Result<Json<Committed>, ApiError> {
    let workspace = Some(request.workspace_id.0.as_str());
    let session = caller
        .authorize(Permission::WorkspaceWrite, workspace)
        .await?;
    // The contract has a text of its own for a malformed hash here.
    let key = key(&session.workspace.id, &request.hash.0).map_err(|_| StorageError::InvalidPath)?;
    let subject = session.user.id.as_str();
    ports
        .limits
        .admit(&context, subject, LIMIT, Remaining::Untold)
        .await?;
    commit(&ports, &key, request).await?;
    Ok(Json(Committed { ok: true }))
}

/// Looks at the blob, writes it down as far as there is room for it, and marks it. The record
/// comes first, because it alone may be refused, and a blob with a mark counts as committed too.
/// What a crash cuts off, a repeated request completes.
async fn commit(ports: &Ports, key: &BlobKey, request: Request) -> Result<(), ApiError> {
    let stat = ports.blobs.stat(key).await?;
    let stat = stat.ok_or(StorageError::NotUploaded)?;
    require(&stat, request.size_bytes)?;
    let now = ports.clock.now();
    let file = CommittedFile {
        hash: *key.hash(),
        size_bytes: stat.size_bytes,
        mime_type: request.mime_type.0,
        name: request.name,
        kind: Some(request.kind),
    };
    let (files, workspace) = (ports.files.as_ref(), key.workspace());
    record(files, &ports.policy, workspace, &file, now).await?;
    // From here on collection leaves the blob alone; before, it may just have removed it.
    let stat = ports.blobs.stat(key).await?;
    stat.ok_or(StorageError::NotUploaded)?;
    let marked = ports.blobs.mark_committed(key, &request.hash.0, now);
    Ok(marked.await?)
}

/// What lies there is what was announced, by size and by hash.
fn require(stat: &BlobStat, announced_bytes: u64) -> Result<(), ApiError> {
    let stored_bytes = stat.size_bytes;
    if stored_bytes != announced_bytes {
        return Err(StorageError::SizeMismatch { stored_bytes }.into());
    }
    match stat.proof {
        Proof::Given => Ok(()),
        Proof::Contrary => Err(UploadError::HashMismatch.into()),
        Proof::Missing => Err(StorageError::Unproven.into()),
    }
}
