//! What can go wrong with accounts.

use std::borrow::Cow;

use super::password::HashError;
use crate::error::{DomainError, ErrorKind};
use crate::store::StoreError;

/// Why an account operation did not happen (auth contract, 3.2).
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// The address is unknown or taken, or the password is wrong: deliberately not told apart.
    #[error("invalid credentials")]
    InvalidCredentials,
    /// There is no session, or it is over.
    #[error("session expired")]
    SessionExpired,
    /// Nobody new may register (7.6).
    #[error("registration is disabled")]
    RegistrationDisabled,
    /// Registering takes an invite, and none that fits came along (7.6).
    #[error("a valid invite is required")]
    InviteRequired,
    /// Invites are required, and this deployment has no secret to check them with (7.6).
    #[error("no invite secret is configured")]
    InvitesUnavailable,
    /// A password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DomainError for AuthError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidCredentials | Self::SessionExpired => ErrorKind::Unauthenticated,
            Self::RegistrationDisabled | Self::InviteRequired => ErrorKind::Forbidden,
            Self::InvitesUnavailable => ErrorKind::Unavailable,
            Self::Hash(_) => ErrorKind::Internal,
            Self::Store(error) => error.kind(),
        }
    }

    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::InvalidCredentials => "Invalid credentials".into(),
            Self::SessionExpired => "Session expired".into(),
            Self::RegistrationDisabled => {
                "Registration is currently disabled. Please contact an administrator.".into()
            }
            Self::InviteRequired => "A valid invite is required to register.".into(),
            Self::InvitesUnavailable => {
                "Invite-only registration is temporarily unavailable.".into()
            }
            Self::Hash(_) => "Server Error".into(),
            Self::Store(error) => error.message(),
        }
    }
}
