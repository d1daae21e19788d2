//! The token of a signed byte URL (storage contract, 5).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::blob::BlobKey;
use super::filename::DEFAULT_NAME;
use super::mime::{Disposition, OPAQUE};
use super::signing::{DownloadGrant, UploadGrant};
use crate::auth::jwt::JwtKey;
use crate::clock::Timestamp;
use crate::ids::{UserId, WorkspaceId};
use crate::store::StoreError;

/// What a valid token permits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// Sending bytes.
    Upload(UploadGrant),
    /// Reading bytes.
    Download(DownloadGrant),
}

/// Issues and reads tokens.
#[derive(Clone)]
pub struct UrlTokens {
    key: JwtKey,
    lifetime: Duration,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Operation {
    Upload,
    Download,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    op: Operation,
    workspace_id: String,
    user_id: String,
    hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    size_bytes: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mime_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    disposition: Option<Disposition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    filename: Option<String>,
    iat: i64,
    exp: i64,
}

impl UrlTokens {
    /// Tokens signed with `secret` that live for `lifetime`, in whole seconds.
    pub fn new(secret: &str, lifetime: Duration) -> Self {
        Self {
            key: JwtKey::new(secret),
            lifetime,
        }
    }

    /// A token for `grant`, and when it ends.
    ///
    /// # Errors
    ///
    /// A fault, when the claims cannot be written down.
    pub fn issue(&self, grant: &Grant, now: Timestamp) -> Result<(String, Timestamp), StoreError> {
        let ends = now.plus(self.lifetime);
        let claims = Claims::of(grant, now, ends);
        let token = self.key.sign(&claims);
        let token = token.map_err(|error| StoreError::Fault(error.to_string()))?;
        Ok((token, ends))
    }

    /// What `token` permits at `now`; `None` when it is not ours, expired, or its claims are not
    /// those of a transfer.
    pub fn read(&self, token: &str, now: Timestamp) -> Option<Grant> {
        let claims: Claims = self.key.verify(token, now).ok()?;
        claims.into_grant()
    }
}

impl Claims {
    fn of(grant: &Grant, now: Timestamp, ends: Timestamp) -> Self {
        let (op, user, key) = match grant {
            Grant::Upload(upload) => (Operation::Upload, &upload.user, &upload.key),
            Grant::Download(download) => (Operation::Download, &download.user, &download.key),
        };
        let claims = Self {
            op,
            workspace_id: key.workspace().to_string(),
            user_id: user.to_string(),
            hash: key.hash().to_string(),
            size_bytes: None,
            mime_type: None,
            disposition: None,
            filename: None,
            iat: now.seconds(),
            exp: ends.seconds(),
        };
        match grant {
            Grant::Upload(upload) => Self {
                hash: upload.hash_as_sent.clone(),
                size_bytes: Some(upload.size_bytes),
                mime_type: Some(upload.mime_type.clone()),
                ..claims
            },
            Grant::Download(download) => Self {
                size_bytes: download.size_bytes,
                mime_type: Some(download.mime_type.clone()),
                disposition: Some(download.disposition),
                filename: Some(download.filename.clone()),
                ..claims
            },
        }
    }

    fn into_grant(self) -> Option<Grant> {
        let blank = |text: &Option<String>| text.as_ref().is_some_and(|t| t.trim().is_empty());
        if self.user_id.trim().is_empty() || blank(&self.mime_type) || blank(&self.filename) {
            return None;
        }
        let hash = self.hash.parse().ok()?;
        let key = BlobKey::new(&WorkspaceId::new(self.workspace_id), hash).ok()?;
        let user = UserId::new(self.user_id);
        Some(match self.op {
            Operation::Upload => Grant::Upload(UploadGrant {
                user,
                key,
                hash_as_sent: self.hash,
                size_bytes: self.size_bytes?,
                mime_type: self.mime_type?,
            }),
            Operation::Download => Grant::Download(DownloadGrant {
                user,
                key,
                size_bytes: self.size_bytes,
                mime_type: self.mime_type.unwrap_or_else(|| OPAQUE.to_owned()),
                disposition: self.disposition.unwrap_or(Disposition::Attachment),
                filename: self.filename.unwrap_or_else(|| DEFAULT_NAME.to_owned()),
            }),
        })
    }
}
