//! The token of a signed byte URL (storage contract, 5).

mod claims;

use std::time::Duration;

use claims::Claims;

use super::signing::{DownloadGrant, ResumableGrant, UploadGrant};
use crate::auth::jwt::JwtKey;
use crate::clock::Timestamp;
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::ids::{UserId, WorkspaceId};
    use crate::storage::BlobKey;
    use crate::storage::mime::Disposition;

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
