//! With what requests are signed.

use std::time::Duration;

use or3_domain::clock::Timestamp;
use or3_domain::store::StoreError;
use or3_settings::{AwsCredentials, Secret};

/// An access key, and its session token when it is a temporary one.
#[derive(Debug)]
pub struct Credentials {
    /// The key's name.
    pub access_key_id: String,
    /// The key's secret.
    pub secret_access_key: Secret,
    /// What makes a temporary key valid.
    pub session_token: Option<Secret>,
    /// When they end, where whoever gave them has said so.
    pub expires_at: Option<Timestamp>,
}

impl Credentials {
    /// Takes over the settings.
    ///
    /// # Errors
    ///
    /// A sentence that names the variable, when the end is no moment.
    pub fn of(settings: &AwsCredentials) -> Result<Self, String> {
        let moment = |text: &String| {
            Timestamp::of_iso(text).ok_or_else(|| {
                format!(
                    "AWS_CREDENTIAL_EXPIRATION is `{text}`: it must be a moment, for instance \
                     2026-01-31T12:00:00Z"
                )
            })
        };
        Ok(Self {
            access_key_id: settings.access_key_id.clone(),
            secret_access_key: settings.secret_access_key.clone(),
            session_token: settings.session_token.clone(),
            expires_at: settings.expires_at.as_ref().map(moment).transpose()?,
        })
    }

    /// How many whole seconds something that is signed at `now` may live: at most `wanted`, and
    /// never longer than the credentials.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when they have ended: whoever keeps them fresh will give new
    /// ones to the next process.
    pub fn lifetime(&self, wanted: Duration, now: Timestamp) -> Result<u64, StoreError> {
        let wanted = wanted.as_secs();
        let Some(end) = self.expires_at else {
            return Ok(wanted);
        };
        match u64::try_from(end.seconds() - now.seconds()) {
            Ok(left) if left > 0 => Ok(wanted.min(left)),
            _ => Err(StoreError::Unavailable(format!(
                "the AWS credentials ended at {end}"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);

    fn ending(at: Option<&str>) -> Result<Credentials, String> {
        Credentials::of(&AwsCredentials {
            access_key_id: "key".to_owned(),
            secret_access_key: Secret::new("secret"),
            session_token: None,
            expires_at: at.map(str::to_owned),
        })
    }

    #[test]
    fn nothing_lives_longer_than_the_credentials() {
        let lifetime = |at: Option<&str>| {
            let credentials = ending(at).expect("credentials");
            credentials.lifetime(Duration::from_mins(15), NOW).ok()
        };
        assert_eq!(lifetime(None), Some(900), "an end that nobody has named");
        assert_eq!(lifetime(Some("2026-01-01T06:00:00Z")), Some(900));
        assert_eq!(lifetime(Some("2026-01-01T00:05:00+00:00")), Some(300));
        assert_eq!(lifetime(Some("2026-01-01T00:00:00Z")), None);
        assert_eq!(lifetime(Some("2025-12-31T23:00:00Z")), None);
    }

    #[test]
    fn an_end_that_is_no_moment_is_said() {
        assert!(ending(Some("soon")).is_err_and(|text| text.contains("EXPIRATION is `soon`")));
    }
}
