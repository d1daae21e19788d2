//! What may be uploaded: size, type, and the room that a workspace has.

use super::error::{StorageError, TransferError};
use super::mime::essence;
use super::store::{CommittedFile, FileIndex, Recorded, Reservation, Reserved};
use crate::clock::Timestamp;
use crate::ids::WorkspaceId;
use crate::limits::Policy;

/// Fifty uploads a minute and person, however they are sent.
pub const UPLOAD_RATE: Policy = Policy::per_minute("storage:upload", 50);

/// The deployment's limits on files (storage contract, 3).
#[derive(Clone, Debug)]
pub struct UploadPolicy {
    /// The largest file.
    pub max_file_bytes: u64,
    /// The types that may be stored, by [`essence`].
    pub allowed_mime_types: Vec<String>,
    /// How much a workspace may hold; `None` is unbounded.
    pub workspace_quota_bytes: Option<u64>,
}

impl UploadPolicy {
    /// Whether a file of this size and type may be stored at all, size first.
    ///
    /// # Errors
    ///
    /// [`StorageError::FileTooLarge`], [`StorageError::TypeNotAllowed`].
    pub fn check(&self, size_bytes: u64, mime_type: &str) -> Result<(), StorageError> {
        if size_bytes > self.max_file_bytes {
            let max_bytes = self.max_file_bytes;
            return Err(StorageError::FileTooLarge { max_bytes });
        }
        let asked = essence(mime_type);
        let listed = |allowed: &String| essence(allowed) == asked;
        if self.allowed_mime_types.iter().any(listed) {
            return Ok(());
        }
        let mime_type = mime_type.to_owned();
        Err(StorageError::TypeNotAllowed { mime_type })
    }

    fn quota_bytes(&self) -> u64 {
        self.workspace_quota_bytes.unwrap_or(u64::MAX)
    }
}

/// Holds room for an upload, as far as there is a quota, and keeps what may be there already: as
/// long as its URL lives, collection leaves the blob alone.
///
/// # Errors
///
/// [`StorageError::QuotaExceeded`], and those of the index.
pub async fn reserve(
    files: &dyn FileIndex,
    policy: &UploadPolicy,
    workspace: &WorkspaceId,
    reservation: &Reservation,
    now: Timestamp,
) -> Result<(), TransferError> {
    let quota_bytes = policy.quota_bytes();
    match files
        .reserve(workspace, reservation, quota_bytes, now)
        .await?
    {
        Reserved::Held => Ok(()),
        Reserved::OverQuota { projected_bytes } => Err(StorageError::QuotaExceeded {
            projected_bytes,
            quota_bytes,
        }
        .into()),
    }
}

/// Writes a completed upload down. Within its reservation it always succeeds; later it must fit
/// the quota anew.
///
/// # Errors
///
/// [`StorageError::QuotaExceeded`], and those of the index.
pub async fn record(
    files: &dyn FileIndex,
    policy: &UploadPolicy,
    workspace: &WorkspaceId,
    file: &CommittedFile,
    now: Timestamp,
) -> Result<(), TransferError> {
    let quota_bytes = policy.quota_bytes();
    match files.commit(workspace, file, quota_bytes, now).await? {
        Recorded::Counted => Ok(()),
        Recorded::OverQuota { projected_bytes } => Err(StorageError::QuotaExceeded {
            projected_bytes,
            quota_bytes,
        }
        .into()),
    }
}

/// How much a workspace holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of files, each hash once, whether a row, a commit or both name it.
    pub stored_bytes: u64,
    /// Bytes that uploads under way have reserved on top.
    pub reserved_bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> UploadPolicy {
        UploadPolicy {
            max_file_bytes: 100,
            allowed_mime_types: vec!["image/png".to_owned()],
            workspace_quota_bytes: None,
        }
    }

    #[test]
    fn exactly_the_limit_passes() {
        assert_eq!(policy().check(100, "IMAGE/PNG; q=1"), Ok(()));
        let refused = StorageError::FileTooLarge { max_bytes: 100 };
        assert_eq!(policy().check(101, "image/png"), Err(refused));
    }

    #[test]
    fn a_type_off_the_list_is_named_as_it_was_sent() {
        let refused = StorageError::TypeNotAllowed {
            mime_type: "Text/HTML".to_owned(),
        };
        assert_eq!(policy().check(1, "Text/HTML"), Err(refused));
    }
}
