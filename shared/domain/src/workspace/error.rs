//! What can go wrong with workspaces.

use std::borrow::Cow;

use crate::error::{DomainError, ErrorKind};
use crate::store::StoreError;

/// Why a workspace operation did not happen.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// The user's role in that workspace does not allow it, or they are no member; which of the
    /// two, and whether the workspace exists, is not told (auth contract, 9).
    #[error("insufficient role in that workspace")]
    Forbidden,
    /// Who may on every workspace named one that is deleted or unknown.
    #[error("no such workspace")]
    Unknown,
    /// Whoever wants to leave is its last owner.
    #[error("the last owner cannot leave")]
    LastOwnerLeaves,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DomainError for WorkspaceError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Forbidden => ErrorKind::Forbidden,
            Self::Unknown => ErrorKind::NotFound,
            Self::LastOwnerLeaves => ErrorKind::Conflict,
            Self::Store(error) => error.kind(),
        }
    }

    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::Forbidden => "Forbidden".into(),
            Self::Unknown => "Workspace not found".into(),
            Self::LastOwnerLeaves => {
                "Cannot leave as the last workspace owner. Transfer ownership first.".into()
            }
            Self::Store(error) => error.message(),
        }
    }
}
