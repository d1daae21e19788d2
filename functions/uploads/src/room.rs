//! The room in the quota that an upload holds, from its announcement to its end.

use or3_domain::clock::Timestamp;
use or3_domain::storage::{Reservation, ResumableGrant, reserve};
use or3_http::ApiError;

use crate::Ports;

/// Holds room for an upload that is announced.
///
/// # Errors
///
/// Those of [`reserve`].
pub(crate) async fn hold(
    ports: &Ports,
    grant: &ResumableGrant,
    now: Timestamp,
) -> Result<(), ApiError> {
    let workspace = grant.upload.key.workspace();
    let (files, wanted) = (ports.files.as_ref(), reservation(grant));
    Ok(reserve(files, &ports.policy, workspace, &wanted, now).await?)
}

/// Gives back what the upload alone has held. Its bytes are gone already: room that came back
/// before them could be promised twice. The other way round a process that dies in between, or an
/// index that fails, leaves room held until the upload would have ended, and that is no reason to
/// fail: on a full volume it is the bytes that make room.
pub(crate) async fn give_back(ports: &Ports, grant: &ResumableGrant) {
    let workspace = grant.upload.key.workspace();
    let released = ports.files.release(workspace, &reservation(grant)).await;
    if let Err(error) = released {
        tracing::warn!(%error, "room stays held until the upload would have ended");
    }
}

fn reservation(grant: &ResumableGrant) -> Reservation {
    Reservation {
        hash: *grant.upload.key.hash(),
        size_bytes: grant.upload.size_bytes,
        expires_at: grant.id.ends_at(),
    }
}
