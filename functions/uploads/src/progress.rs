//! `HEAD`: how much of an upload is there (tus 1.0, core).

use axum::extract::{Path, State};
use http::StatusCode;
use http::header::{HeaderName, HeaderValue};
use or3_domain::storage::{PartialError, ResumableGrant};
use or3_http::{ApiError, Caller};

use crate::protocol::{EXPIRES, LENGTH, METADATA, OFFSET};
use crate::{Ports, grant, part};

type Progress = (StatusCode, [(HeaderName, HeaderValue); 4]);

pub(crate) async fn handle(
    State(ports): State<Ports>,
    caller: Caller,
    Path(token): Path<String>,
) -> Result<Progress, ApiError> {
    let grant = grant::read(&ports, &caller, &token, ports.clock.now()).await?;
    let size_bytes = grant.upload.size_bytes;
    let received = received(&ports, &grant).await?;
    // A client takes "everything is there" for done: if a process died before it was, it is now.
    part::complete(&ports, &grant, received).await?;
    let metadata = HeaderValue::try_from(grant.metadata);
    let headers = [
        (OFFSET, HeaderValue::from(received)),
        (LENGTH, HeaderValue::from(size_bytes)),
        (METADATA, metadata.unwrap_or(HeaderValue::from_static(""))),
        (EXPIRES, expiry(grant.id.ends_at())),
    ];
    Ok((StatusCode::OK, headers))
}

/// How much of the upload is there: all of it when it is a blob already.
///
/// # Errors
///
/// 404 when there is no such upload any more.
pub(crate) async fn received(ports: &Ports, grant: &ResumableGrant) -> Result<u64, ApiError> {
    match ports.partials.received(&grant.id).await? {
        Some(received) => Ok(received),
        None if part::is_stored(ports, grant).await? => Ok(grant.upload.size_bytes),
        None => Err(PartialError::Unknown.into()),
    }
}

/// A moment as a header.
pub(crate) fn expiry(at: or3_domain::clock::Timestamp) -> HeaderValue {
    HeaderValue::try_from(at.to_http_date()).unwrap_or(HeaderValue::from_static(""))
}
