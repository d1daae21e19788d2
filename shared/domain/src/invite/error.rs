//! What can go wrong with invites.

use std::borrow::Cow;

use crate::error::{DomainError, ErrorKind};
use crate::store::StoreError;

/// Why an invite operation did not happen.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// The user does not own the workspace.
    #[error("not an owner of the workspace")]
    Forbidden,
    /// Who may on every workspace named one that is deleted or unknown.
    #[error("no such workspace")]
    UnknownWorkspace,
    /// The workspace has no invite of that id.
    #[error("no such invite")]
    NotFound,
    /// This deployment has no secret to sign invites with.
    #[error("no invite secret is configured")]
    SecretMissing,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DomainError for InviteError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Forbidden => ErrorKind::Forbidden,
            Self::NotFound | Self::UnknownWorkspace => ErrorKind::NotFound,
            Self::SecretMissing => ErrorKind::Unavailable,
            Self::Store(error) => error.kind(),
        }
    }

    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::Forbidden => "Forbidden".into(),
            Self::UnknownWorkspace => "Workspace not found".into(),
            Self::NotFound => "Invite not found".into(),
            Self::SecretMissing => "Invite token secret not configured".into(),
            Self::Store(error) => error.message(),
        }
    }
}
