//! What an upload's URL permits, and whether the caller may use it.

use http::StatusCode;
use or3_domain::access::Permission;
use or3_domain::clock::Timestamp;
use or3_domain::storage::{Grant, PartialError, ResumableGrant};
use or3_http::{ApiError, Caller};

use crate::Ports;

/// The upload that `token` names. As with byte URLs, the URL alone is not enough: it is used by
/// its own user, who may write in the workspace now (storage contract, 5).
///
/// # Errors
///
/// 404 for what no upload was ever called, 401, 403, and 410 once its time is over.
pub(crate) async fn read(
    ports: &Ports,
    caller: &Caller,
    token: &str,
    now: Timestamp,
) -> Result<ResumableGrant, ApiError> {
    let Some(Grant::Resumable(grant)) = ports.tokens.read(token, now) else {
        return Err(PartialError::Unknown.into());
    };
    let upload = &grant.upload;
    let session = caller.session().await?.ok_or_else(ApiError::unauthorized)?;
    if session.user.id != upload.user {
        return Err(other_person());
    }
    let workspace = Some(upload.key.workspace().as_str());
    caller
        .authorize(Permission::WorkspaceWrite, workspace)
        .await?;
    if grant.id.ends_at() <= now {
        return Err(expired());
    }
    Ok(grant)
}

/// The upload is somebody else's.
pub(crate) fn other_person() -> ApiError {
    ApiError::forbidden().with_message("Invalid token subject")
}

/// Its time is over.
pub(crate) fn expired() -> ApiError {
    ApiError::new(StatusCode::GONE, "Upload expired")
}
