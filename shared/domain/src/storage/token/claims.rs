//! What is written in a token.

use serde::{Deserialize, Serialize};

use super::Grant;
use crate::clock::Timestamp;
use crate::ids::{UserId, WorkspaceId};
use crate::storage::blob::BlobKey;
use crate::storage::filename::DEFAULT_NAME;
use crate::storage::mime::{Disposition, OPAQUE};
use crate::storage::signing::{DownloadGrant, ResumableGrant, UploadGrant};

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Operation {
    Upload,
    Download,
    Resumable,
}

/// The claims of every kind of grant; which of them a grant has, its operation says.
#[derive(Serialize, Deserialize)]
pub(super) struct Claims {
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    upload: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metadata: Option<String>,
    iat: i64,
    exp: i64,
}

impl Claims {
    pub(super) fn of(grant: &Grant, now: Timestamp, ends: Timestamp) -> Self {
        let (op, user, key) = match grant {
            Grant::Upload(upload) => (Operation::Upload, &upload.user, &upload.key),
            Grant::Download(download) => (Operation::Download, &download.user, &download.key),
            Grant::Resumable(ResumableGrant { upload, .. }) => {
                (Operation::Resumable, &upload.user, &upload.key)
            }
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
            upload: None,
            metadata: None,
            iat: now.seconds(),
            exp: ends.seconds(),
        };
        match grant {
            Grant::Upload(upload) => claims.of_upload(upload),
            Grant::Resumable(resumable) => Self {
                upload: Some(resumable.id.to_string()),
                metadata: Some(resumable.metadata.clone()),
                ..claims.of_upload(&resumable.upload)
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

    fn of_upload(self, upload: &UploadGrant) -> Self {
        Self {
            hash: upload.hash_as_sent.clone(),
            size_bytes: Some(upload.size_bytes),
            mime_type: Some(upload.mime_type.clone()),
            ..self
        }
    }

    /// What the claims permit; `None` when they are not those of a transfer.
    pub(super) fn into_grant(self) -> Option<Grant> {
        let blank = |text: &Option<String>| text.as_ref().is_some_and(|t| t.trim().is_empty());
        if self.user_id.trim().is_empty() || blank(&self.mime_type) || blank(&self.filename) {
            return None;
        }
        let hash = self.hash.parse().ok()?;
        let key = BlobKey::new(&WorkspaceId::new(self.workspace_id), hash).ok()?;
        let user = UserId::new(self.user_id);
        let upload = |user, key| {
            Some(UploadGrant {
                user,
                key,
                hash_as_sent: self.hash,
                size_bytes: self.size_bytes?,
                mime_type: self.mime_type.clone()?,
            })
        };
        Some(match self.op {
            Operation::Upload => Grant::Upload(upload(user, key)?),
            Operation::Resumable => Grant::Resumable(ResumableGrant {
                upload: upload(user, key)?,
                id: self.upload?.parse().ok()?,
                metadata: self.metadata?,
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
