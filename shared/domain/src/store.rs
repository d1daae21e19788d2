//! The one error of every port that reaches rows or bytes.

use std::borrow::Cow;

use crate::error::{DomainError, ErrorKind};

/// Why a store could not answer. "Not found" is never one of them: look-ups return `Option`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store is away, busy or cut off; nothing was changed, or what was sent may be repeated.
    #[error("store unavailable: {0}")]
    Unavailable(String),
    /// The volume or the database is full; reads and deletes still work.
    #[error("store full: {0}")]
    Full(String),
    /// What is stored is not what was put there: bytes have changed or are missing.
    #[error("stored data damaged: {0}")]
    Damaged(String),
    /// The database itself is damaged. Somebody has to restore it, and can: until then callers do
    /// best to keep what they have and come again.
    #[error("database damaged: {0}")]
    Broken(String),
    /// A fault of ours: a failed constraint, a row that cannot be read, bad SQL.
    #[error("store fault: {0}")]
    Fault(String),
}

impl DomainError for StoreError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unavailable(_) | Self::Broken(_) => ErrorKind::Unavailable,
            Self::Full(_) => ErrorKind::OutOfSpace,
            Self::Damaged(_) | Self::Fault(_) => ErrorKind::Internal,
        }
    }

    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::Unavailable(_) | Self::Broken(_) => "Service Unavailable",
            Self::Full(_) => "Insufficient Storage",
            Self::Damaged(_) | Self::Fault(_) => "Server Error",
        }
        .into()
    }
}
