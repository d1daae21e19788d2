//! [`UrlSigner`] of the fs provider: URLs of our own byte endpoints.

use async_trait::async_trait;
use or3_domain::clock::Timestamp;
use or3_domain::storage::{
    DownloadGrant, Grant, SignedUrl, StorageError, TransferError, UploadGrant, UrlSigner, UrlTokens,
};

/// Signs URLs of `/api/storage/fs/`. They are relative, because a browser sends its cookies
/// only to its own origin (storage contract, 8.2).
#[derive(Clone)]
pub struct FsUrlSigner {
    tokens: UrlTokens,
    max_byte_url_bytes: Option<u64>,
}

impl FsUrlSigner {
    /// A signer with `tokens`, which refuses uploads of more than `max_byte_url_bytes`: what the
    /// front door of this deployment carries, where that is bounded (storage contract, 10.2).
    pub fn new(tokens: UrlTokens, max_byte_url_bytes: Option<u64>) -> Self {
        Self {
            tokens,
            max_byte_url_bytes,
        }
    }

    fn sign(
        &self,
        path: &str,
        method: &'static str,
        grant: &Grant,
        now: Timestamp,
    ) -> Result<SignedUrl, TransferError> {
        // A compact token consists of characters that need no encoding in a query.
        let (token, expires_at) = self.tokens.issue(grant, now)?;
        Ok(SignedUrl {
            url: format!("/api/storage/fs/{path}?token={token}"),
            method,
            headers: Vec::new(),
            expires_at,
        })
    }
}

#[async_trait]
impl UrlSigner for FsUrlSigner {
    async fn sign_upload(
        &self,
        grant: &UploadGrant,
        now: Timestamp,
    ) -> Result<SignedUrl, TransferError> {
        match self.max_byte_url_bytes {
            Some(max_bytes) if grant.size_bytes > max_bytes => {
                Err(StorageError::ByteUrlTooSmall { max_bytes }.into())
            }
            _ => self.sign("upload", "PUT", &Grant::Upload(grant.clone()), now),
        }
    }

    async fn sign_download(
        &self,
        grant: &DownloadGrant,
        now: Timestamp,
    ) -> Result<SignedUrl, TransferError> {
        self.sign("download", "GET", &Grant::Download(grant.clone()), now)
    }
}
