//! The token of a signed byte URL (storage contract, 5).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::blob::BlobKey;
use super::filename::DEFAULT_NAME;
use super::mime::{Disposition, OPAQUE};
use super::signing::{DownloadGrant, ResumableGrant, UploadGrant};
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
    /// Sending bytes in parts.
    Resumable(ResumableGrant),
}

/// How long the token of an upload in parts is still read when the upload has ended, so that its
/// sender hears what became of it.
const REMEMBERED: Duration = Duration::from_hours(7 * 24);

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
    Resumable,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    upload: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metadata: Option<String>,
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
        let ends = match grant {
            Grant::Upload(_) | Grant::Download(_) => now.plus(self.lifetime),
            Grant::Resumable(resumable) => resumable.id.ends_at().plus(REMEMBERED),
        };
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

    fn into_grant(self) -> Option<Grant> {
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);
    const HASH: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn tokens() -> UrlTokens {
        UrlTokens::new("secret", Duration::from_mins(15))
    }

    fn upload() -> UploadGrant {
        let hash = HASH.parse().expect("a hash");
        UploadGrant {
            user: UserId::new("ann"),
            key: BlobKey::new(&WorkspaceId::new("ws"), hash).expect("a plain id"),
            hash_as_sent: HASH.to_uppercase(),
            size_bytes: 7,
            mime_type: "IMAGE/PNG".to_owned(),
        }
    }

    fn download() -> DownloadGrant {
        let UploadGrant { user, key, .. } = upload();
        DownloadGrant {
            user,
            key,
            size_bytes: Some(7),
            mime_type: "image/png".to_owned(),
            disposition: Disposition::Inline,
            filename: "a.png".to_owned(),
        }
    }

    fn resumable() -> ResumableGrant {
        ResumableGrant {
            upload: upload(),
            id: format!("{}-0707070707070707", NOW.seconds() + 60)
                .parse()
                .expect("a name"),
            metadata: "hash YQ==".to_owned(),
        }
    }

    #[test]
    fn the_token_of_an_upload_in_parts_is_read_for_a_week_after_its_end() {
        let grant = Grant::Resumable(resumable());
        let (token, ends) = tokens().issue(&grant, NOW).expect("a token");
        assert_eq!(ends, resumable().id.ends_at().plus(REMEMBERED));
        let last = ends.minus(Duration::from_secs(1));
        assert_eq!(tokens().read(&token, last), Some(grant));
        assert_eq!(tokens().read(&token, ends), None);
    }

    /// What becomes of the claims of an upload with one of them changed.
    fn changed(name: &str, value: &Value) -> Option<Grant> {
        let mut claims = json!({
            "op": "upload", "workspace_id": "ws", "user_id": "ann", "hash": HASH, "size_bytes": 7,
            "mime_type": "image/png", "iat": 1, "exp": NOW.seconds() + 1,
        });
        claims[name] = value.clone();
        let token = JwtKey::new("secret").sign(&claims).expect("a token");
        tokens().read(&token, NOW)
    }

    #[test]
    fn both_grants_come_back_as_they_were_given() {
        for grant in [Grant::Upload(upload()), Grant::Download(download())] {
            let (token, ends) = tokens().issue(&grant, NOW).expect("a token");
            assert_eq!(ends, NOW.plus(Duration::from_mins(15)));
            assert_eq!(tokens().read(&token, NOW), Some(grant));
            assert_eq!(tokens().read(&token, ends), None, "expired");
        }
    }

    #[test]
    fn another_secret_reads_nothing() {
        let (token, _) = tokens()
            .issue(&Grant::Upload(upload()), NOW)
            .expect("a token");
        let other = UrlTokens::new("other", Duration::from_mins(15));
        assert_eq!(other.read(&token, NOW), None);
    }

    #[test]
    fn claims_that_are_no_transfer_are_no_token() {
        assert!(changed("extra", &json!(1)).is_some());
        for (name, value) in [
            ("op", json!("delete")),
            ("workspace_id", json!("../ws")),
            ("workspace_id", json!("")),
            ("user_id", json!(" ")),
            ("hash", json!("sha1:aa")),
            ("hash", json!("../../etc/passwd")),
            ("size_bytes", json!(null)),
            ("size_bytes", json!(-1)),
            ("size_bytes", json!(1.5)),
            ("mime_type", json!("  ")),
            ("mime_type", json!(null)),
        ] {
            assert_eq!(changed(name, &value), None, "{name} {value}");
        }
    }

    #[test]
    fn absent_optional_claims_stay_absent() {
        let claims = Claims::of(&Grant::Upload(upload()), NOW, NOW);
        let claims = serde_json::to_value(claims).expect("JSON");
        let names: Vec<_> = claims.as_object().expect("members").keys().collect();
        let expected = [
            "exp",
            "hash",
            "iat",
            "mime_type",
            "op",
            "size_bytes",
            "user_id",
            "workspace_id",
        ];
        assert_eq!(names, expected);
    }
}
