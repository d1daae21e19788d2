//! Taking one part, and making a whole upload the blob that it is.

use axum::body::Body;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, StatusCode};
use or3_domain::storage::{Checksum, Interruption, Part, PartialError, ResumableGrant};
use or3_http::{ApiError, Incoming};

use crate::protocol::{CHECKSUM, bytes};
use crate::{Ports, progress, room};

pub(crate) const INVALID_CHECKSUM: &str = "Invalid Upload-Checksum";

/// What the protocol says of a part whose checksum is wrong.
const CHECKSUM_MISMATCH: u16 = 460;

/// Appends `body` at `offset` and returns how much of the upload is there then; the upload is a
/// blob when that is all of it. A body that is refused is heard out, so that its sender reads why.
pub(crate) async fn take(
    ports: &Ports,
    grant: &ResumableGrant,
    offset: u64,
    headers: &HeaderMap,
    body: Body,
) -> Result<u64, ApiError> {
    let rest = grant.upload.size_bytes.saturating_sub(offset);
    let body = Incoming::resumable(body, rest);
    let taken = append(ports, grant, offset, headers, &body).await;
    if taken.is_err() {
        body.hear_out(headers).await;
    }
    taken
}

async fn append(
    ports: &Ports,
    grant: &ResumableGrant,
    offset: u64,
    headers: &HeaderMap,
    body: &Incoming,
) -> Result<u64, ApiError> {
    let part = Part {
        offset,
        limit: grant.upload.size_bytes.saturating_sub(offset),
        checksum: checksum(headers)?,
    };
    if bytes(headers, &CONTENT_LENGTH).is_some_and(|length| length > part.limit) {
        return Err(too_long(ports, grant, offset).await?.into());
    }
    let appended = ports.partials.append(&grant.id, part, body.pieces()).await;
    let received = match appended {
        Ok(received) => received,
        Err(PartialError::Unknown) if is_stored(ports, grant).await? => {
            let received = grant.upload.size_bytes;
            return Err(PartialError::WrongOffset { received }.into());
        }
        Err(error) => return Err(in_own_status(error)),
    };
    complete(ports, grant, received).await?;
    Ok(received)
}

/// What a part is told that says it is longer than what is missing behind `offset`. That it begins
/// elsewhere comes first, and is 409 in any case (tus 1.0, PATCH): its client goes on from there.
async fn too_long(
    ports: &Ports,
    grant: &ResumableGrant,
    offset: u64,
) -> Result<PartialError, ApiError> {
    let received = progress::received(ports, grant).await?;
    Ok(if received == offset {
        PartialError::TooLong
    } else {
        PartialError::WrongOffset { received }
    })
}

fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, ApiError> {
    let Some(sent) = headers.get(CHECKSUM) else {
        return Ok(None);
    };
    let checksum = sent.to_str().ok().and_then(|text| text.parse().ok());
    let invalid = || ApiError::bad_request(INVALID_CHECKSUM);
    checksum.map(Some).ok_or_else(invalid)
}

/// The two statuses that are this protocol's and the byte URLs' own.
pub(crate) fn in_own_status(error: PartialError) -> ApiError {
    let status = match error {
        PartialError::ChecksumMismatch => StatusCode::from_u16(CHECKSUM_MISMATCH).ok(),
        PartialError::Interrupted(Interruption::Stalled) => Some(StatusCode::REQUEST_TIMEOUT),
        _ => None,
    };
    let error = ApiError::from(error);
    match status {
        Some(status) => error.with_status(status),
        None => error,
    }
}

/// Makes an upload of which `received` bytes are there the blob, if these are all. Repeating it
/// changes nothing, so that whoever asks next can do what a process that died has left undone.
pub(crate) async fn complete(
    ports: &Ports,
    grant: &ResumableGrant,
    received: u64,
) -> Result<(), ApiError> {
    let upload = &grant.upload;
    if received < upload.size_bytes {
        return Ok(());
    }
    let finished = ports
        .partials
        .finish(&grant.id, &upload.key, upload.size_bytes)
        .await;
    match finished {
        Err(PartialError::Unknown) if is_stored(ports, grant).await? => Ok(()),
        Err(error @ PartialError::HashMismatch) => {
            room::give_back(ports, grant).await;
            Err(error.into())
        }
        finished => Ok(finished?),
    }
}

/// Whether the upload is a blob already.
pub(crate) async fn is_stored(ports: &Ports, grant: &ResumableGrant) -> Result<bool, ApiError> {
    let stat = ports.blobs.stat(&grant.upload.key).await?;
    Ok(stat.is_some_and(|stat| stat.size_bytes == grant.upload.size_bytes))
}
