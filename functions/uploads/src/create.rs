//! `POST /api/storage/tus`: an upload is announced, and may begin (tus 1.0, creation and
//! creation-with-upload). The rules are those of presign-upload (storage contract, 2.1).

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{HeaderValue, LOCATION};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use or3_domain::access::Permission;
use or3_domain::storage::{
    Announcement, BlobKey, Grant, PartialId, ResumableGrant, StorageError, UPLOAD_RATE, UploadGrant,
};
use or3_http::{ApiError, Caller, Context, Incoming, OwnOrigin, Remaining};

use crate::progress::expiry;
use crate::protocol::{EXPIRES, LENGTH, METADATA, OFFSET, bytes, has_part};
use crate::{Ports, part, room};

pub(crate) const INVALID_LENGTH: &str = "Invalid Upload-Length";
pub(crate) const INVALID_METADATA: &str = "Invalid Upload-Metadata";

pub(crate) async fn handle(
    _own: OwnOrigin,
    State(ports): State<Ports>,
    context: Context,
    caller: Caller,
    request: Request,
) -> Result<Response, ApiError> {
    let (head, body) = request.into_parts();
    let (grant, location) = match announce(&ports, &context, &caller, &head).await {
        Ok(announced) => announced,
        Err(error) => {
            Incoming::resumable(body, 0).hear_out(&head.headers).await;
            return Err(error);
        }
    };
    let headers = [(LOCATION, location), (EXPIRES, expiry(grant.id.ends_at()))];
    let created = (StatusCode::CREATED, headers);
    if has_part(&head.headers) {
        let received = part::take(&ports, &grant, 0, &head.headers, body).await?;
        return Ok((
            created.0,
            created.1,
            [(OFFSET, HeaderValue::from(received))],
        )
            .into_response());
    }
    // A client sends nothing more for an empty file.
    part::complete(&ports, &grant, 0).await?;
    Ok(created.into_response())
}

/// Checks what is announced, holds room for it, and makes an upload of it and its address.
async fn announce(
    ports: &Ports,
    context: &Context,
    caller: &Caller,
    head: &Parts,
) -> Result<(ResumableGrant, HeaderValue), ApiError> {
    let (announcement, size_bytes) = announced(&head.headers)?;
    let workspace = Some(announcement.workspace.as_str());
    let session = caller
        .authorize(Permission::WorkspaceWrite, workspace)
        .await?;
    let hash = announcement.hash.parse();
    let hash = hash.map_err(|_| StorageError::InvalidHash)?;
    let now = ports.clock.now();
    let grant = ResumableGrant {
        upload: UploadGrant {
            user: session.user.id.clone(),
            key: BlobKey::new(&session.workspace.id, hash)?,
            hash_as_sent: announcement.hash,
            size_bytes,
            mime_type: announcement.mime_type,
        },
        id: PartialId::new(now.plus(ports.lifetime), ports.ids.as_ref()),
        metadata: announcement.text,
    };
    ports.policy.check(size_bytes, &grant.upload.mime_type)?;
    let subject = grant.upload.user.as_str();
    ports
        .limits
        .admit(context, subject, UPLOAD_RATE, Remaining::Untold)
        .await?;
    room::hold(ports, &grant, now).await?;
    if let Err(error) = ports.partials.begin(&grant.id).await {
        room::give_back(ports, &grant).await;
        return Err(error.into());
    }
    let (token, _) = ports.tokens.issue(&Grant::Resumable(grant.clone()), now)?;
    let location = HeaderValue::try_from(format!("/api/storage/tus/{token}"));
    Ok((grant, location.map_err(ApiError::internal)?))
}

fn announced(headers: &HeaderMap) -> Result<(Announcement, u64), ApiError> {
    let size_bytes = bytes(headers, &LENGTH);
    let size_bytes = size_bytes.ok_or_else(|| ApiError::bad_request(INVALID_LENGTH))?;
    let metadata = headers.get(METADATA).and_then(|text| text.to_str().ok());
    let announcement = metadata.and_then(|text| text.parse().ok());
    let invalid = || ApiError::bad_request(INVALID_METADATA);
    Ok((announcement.ok_or_else(invalid)?, size_bytes))
}
