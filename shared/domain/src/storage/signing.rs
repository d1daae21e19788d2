//! The port that makes signed URLs, apart from the one that keeps bytes: a server that only signs
//! needs no access to them.

use async_trait::async_trait;

use super::blob::BlobKey;
use super::error::TransferError;
use super::mime::Disposition;
use super::partial::PartialId;
use crate::clock::Timestamp;
use crate::ids::UserId;

/// What one upload URL permits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadGrant {
    /// The only person who may use it.
    pub user: UserId,
    /// Where the bytes go.
    pub key: BlobKey,
    /// The hash as the client wrote it: part of the storage id, which clients keep.
    pub hash_as_sent: String,
    /// How many bytes there are.
    pub size_bytes: u64,
    /// The media type as the client wrote it.
    pub mime_type: String,
}

impl UploadGrant {
    /// The id under which clients keep the file: stable, since it travels in their rows
    /// (storage contract, 4).
    pub fn storage_id(&self) -> String {
        format!("{}:{}", self.key.workspace(), self.hash_as_sent)
    }
}

/// What the URL of an upload in parts permits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResumableGrant {
    /// Which bytes, from whom and where to.
    pub upload: UploadGrant,
    /// The name under which they grow, and when that ends.
    pub id: PartialId,
    /// What the client said of the file, as it said it.
    pub metadata: String,
}

/// What one download URL permits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadGrant {
    /// The only person who may use it.
    pub user: UserId,
    /// Which bytes.
    pub key: BlobKey,
    /// How many there must be, where it is known: another size means damage.
    pub size_bytes: Option<u64>,
    /// The media type to serve them with, which must be harmless.
    pub mime_type: String,
    /// How a browser is to treat them.
    pub disposition: Disposition,
    /// The name to save them under, sanitized.
    pub filename: String,
}

impl DownloadGrant {
    /// The id under which the file is known, in canonical form.
    pub fn storage_id(&self) -> String {
        format!("{}:{}", self.key.workspace(), self.key.hash())
    }
}

/// A URL that permits one transfer for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedUrl {
    /// The URL; relative when the bytes go through this deployment.
    pub url: String,
    /// The method to use.
    pub method: &'static str,
    /// Headers that the client must send with it.
    pub headers: Vec<(String, String)>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Makes signed URLs.
#[async_trait]
pub trait UrlSigner: Send + Sync {
    /// A URL that takes the bytes of `grant` until it expires.
    ///
    /// # Errors
    ///
    /// [`StorageError::ByteUrlTooSmall`](super::StorageError::ByteUrlTooSmall) when the provider
    /// cannot carry that many bytes.
    async fn sign_upload(
        &self,
        grant: &UploadGrant,
        now: Timestamp,
    ) -> Result<SignedUrl, TransferError>;

    /// A URL that gives the bytes of `grant` until it expires.
    async fn sign_download(
        &self,
        grant: &DownloadGrant,
        now: Timestamp,
    ) -> Result<SignedUrl, TransferError>;
}
