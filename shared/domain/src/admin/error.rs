//! What can go wrong in administration.

use std::borrow::Cow;

use crate::auth::password::HashError;
use crate::error::{DomainError, ErrorKind};
use crate::store::StoreError;

/// Why the super admin was not signed in, or kept their password (auth contract, 3.5).
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// Name or password are wrong: deliberately not told apart.
    #[error("invalid credentials")]
    InvalidCredentials,
    /// There is no credential whose password could be changed.
    #[error("no credential of the super admin is kept")]
    CredentialMissing,
    /// The password in force was given wrong, or somebody else has just changed it.
    #[error("the current password is wrong")]
    WrongPassword,
    /// The new password lacks this.
    #[error("the new password is too weak")]
    Weak(Vec<&'static str>),
    /// A password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// A token could not be written.
    #[error(transparent)]
    Token(#[from] serde_json::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DomainError for AdminError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidCredentials | Self::WrongPassword => ErrorKind::Unauthenticated,
            Self::Weak(_) => ErrorKind::Invalid,
            Self::CredentialMissing | Self::Hash(_) | Self::Token(_) => ErrorKind::Internal,
            Self::Store(error) => error.kind(),
        }
    }

    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::InvalidCredentials => "Invalid credentials".into(),
            Self::CredentialMissing => "Admin credentials not found".into(),
            Self::WrongPassword => "Current password is incorrect".into(),
            Self::Weak(lacking) => {
                let lacking = lacking.join(", ");
                format!("Password does not meet requirements: {lacking}").into()
            }
            Self::Hash(_) | Self::Token(_) => "Server Error".into(),
            Self::Store(error) => error.message(),
        }
    }
}

/// Why something of the deployment was not changed (auth contract, 10.10).
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// Nobody here has the id of the owner that was named.
    #[error("no such owner")]
    UnknownOwner,
    /// Nobody here has that id.
    #[error("no such user")]
    UnknownUser,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DomainError for DirectoryError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownOwner | Self::UnknownUser => ErrorKind::NotFound,
            Self::Store(error) => error.kind(),
        }
    }

    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::UnknownOwner => "Owner user not found".into(),
            Self::UnknownUser => "User not found".into(),
            Self::Store(error) => error.message(),
        }
    }
}
