//! Why a file cannot be taken or given.

use std::borrow::Cow;

use super::blob::Interruption;
use crate::error::{DomainError, ErrorKind};
use crate::store::StoreError;

/// A rule of storage says no (storage contract, 2 and 6; the texts are its).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// The hash has none of the accepted forms.
    #[error("invalid hash")]
    InvalidHash,
    /// Workspace or hash cannot become part of a path.
    #[error("invalid path parameters")]
    InvalidPath,
    /// The file is larger than files may be.
    #[error("file larger than {max_bytes} bytes")]
    FileTooLarge {
        /// The largest size.
        max_bytes: u64,
    },
    /// The file is larger than this deployment's byte URLs carry.
    #[error("file larger than the {max_bytes} bytes of a byte URL")]
    ByteUrlTooSmall {
        /// The largest size.
        max_bytes: u64,
    },
    /// The media type is not on the list.
    #[error("media type not allowed")]
    TypeNotAllowed {
        /// The type as it was sent.
        mime_type: String,
    },
    /// The workspace would hold more than it may.
    #[error("quota exceeded: {projected_bytes} of {quota_bytes} bytes")]
    QuotaExceeded {
        /// What it would hold.
        projected_bytes: u64,
        /// What it may hold.
        quota_bytes: u64,
    },
    /// What is to be committed was not uploaded.
    #[error("no uploaded blob")]
    NotUploaded,
    /// What is to be committed has another size than the commit says.
    #[error("the blob has {stored_bytes} bytes")]
    SizeMismatch {
        /// The size of the uploaded blob.
        stored_bytes: u64,
    },
    /// Nobody has checked the bytes of what is to be committed.
    #[error("the store has no checksum of the blob")]
    Unproven,
    /// No such file, or none that may be served; which of the two is not told.
    #[error("no such file")]
    NotFound,
    /// The blob is not what was committed.
    #[error("blob damaged: {stored_bytes} bytes instead of {committed_bytes}")]
    Damaged {
        /// The size that was found.
        stored_bytes: u64,
        /// The size that was committed.
        committed_bytes: u64,
    },
    /// The blob has another hash than the one that it is kept under.
    #[error("blob damaged: another hash")]
    OtherHash,
}

impl DomainError for StorageError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidHash | Self::InvalidPath | Self::SizeMismatch { .. } => ErrorKind::Invalid,
            Self::FileTooLarge { .. }
            | Self::ByteUrlTooSmall { .. }
            | Self::QuotaExceeded { .. } => ErrorKind::TooLarge,
            Self::TypeNotAllowed { .. } => ErrorKind::UnsupportedMedia,
            Self::NotUploaded | Self::NotFound => ErrorKind::NotFound,
            Self::Damaged { .. } | Self::OtherHash | Self::Unproven => ErrorKind::Internal,
        }
    }

    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::InvalidHash => "Invalid hash".into(),
            Self::InvalidPath => "Invalid path parameters".into(),
            Self::FileTooLarge { max_bytes } => {
                format!("File size exceeds maximum of {max_bytes} bytes").into()
            }
            Self::ByteUrlTooSmall { max_bytes } => format!(
                "File size exceeds the {max_bytes} bytes that the fs storage provider can carry \
                 here; send larger files in parts (/api/storage/tus) or use the s3 storage provider"
            )
            .into(),
            Self::TypeNotAllowed { mime_type } => {
                format!("MIME type {mime_type} not allowed").into()
            }
            Self::QuotaExceeded {
                projected_bytes: projected,
                quota_bytes: quota,
            } => format!("Workspace storage quota exceeded ({projected} > {quota} bytes)").into(),
            Self::NotUploaded => "Uploaded file not found".into(),
            Self::SizeMismatch { .. } => "Invalid commit input".into(),
            Self::NotFound => "File not found".into(),
            Self::Damaged { .. } | Self::OtherHash | Self::Unproven => "Server Error".into(),
        }
    }
}

/// Why a transfer is not prepared: no room held, no URL signed.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// It is refused.
    #[error(transparent)]
    Refused(#[from] StorageError),
    /// The index or the provider failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DomainError for TransferError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::Refused(error) => error.message(),
            Self::Store(error) => error.message(),
        }
    }
}

/// Why an upload left nothing behind (storage contract, 6.1).
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// There was no body, and the file is not empty.
    #[error("no body")]
    Missing,
    /// The body is longer than was granted.
    #[error("body longer than granted")]
    TooLong,
    /// The body is shorter than was granted, or has another hash.
    #[error("body with another hash")]
    HashMismatch,
    /// The place for the blob is not one of ours: a link stands where a folder should.
    #[error("the workspace's folder is not a folder")]
    UnsafePath,
    /// The body stopped coming.
    #[error(transparent)]
    Interrupted(#[from] Interruption),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DomainError for UploadError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing | Self::HashMismatch | Self::UnsafePath | Self::Interrupted(_) => {
                ErrorKind::Invalid
            }
            Self::TooLong => ErrorKind::TooLarge,
            Self::Store(error) => error.kind(),
        }
    }

    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::Missing => "Missing upload body".into(),
            Self::TooLong => "Payload too large".into(),
            Self::HashMismatch => "Hash mismatch".into(),
            Self::UnsafePath => "Invalid path parameters".into(),
            Self::Interrupted(_) => "Upload interrupted".into(),
            Self::Store(StoreError::Fault(_) | StoreError::Damaged(_)) => "Write failed".into(),
            Self::Store(error) => error.message(),
        }
    }
}
