//! The token of an invite: base64url of a JSON object, a dot, and its HMAC (auth contract, 7.6).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::auth::Email;
use crate::clock::Timestamp;
use crate::ids::WorkspaceId;

/// The longest token that is looked at, in characters.
pub const MAX_INVITE_UNITS: usize = 4096;

/// What an invite token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InviteClaims {
    /// The workspace to join.
    pub workspace_id: WorkspaceId,
    /// Whose invite it is.
    pub email: String,
    /// The second in which it ends.
    pub exp: i64,
}

impl InviteClaims {
    /// Whether the invite is for `email`, however either is spelled.
    pub fn is_for(&self, email: &Email) -> bool {
        Email::normalized(&self.email) == *email
    }
}

/// The secret that signs invites.
#[derive(Clone)]
pub struct InviteKey(Hmac<Sha256>);

impl fmt::Debug for InviteKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("InviteKey(******)")
    }
}

impl InviteKey {
    /// The key of `secret`.
    ///
    /// # Panics
    ///
    /// Never: HMAC takes keys of every length.
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    pub fn new(secret: &str) -> Self {
        Self(Hmac::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of every length"))
    }

    /// The token that says `claims`.
    pub fn sign(&self, claims: &InviteClaims) -> String {
        // Texts and numbers always serialize; an empty payload would not be read again.
        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims).unwrap_or_default());
        let signature = self.mac(&payload).finalize().into_bytes();
        format!("{payload}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// What `token` says, if this key signed it and it is not over at `now`. Signatures are
    /// compared in constant time.
    pub fn read(&self, token: &str, now: Timestamp) -> Option<InviteClaims> {
        if token.len() > MAX_INVITE_UNITS {
            return None;
        }
        let (payload, signature) = token.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        self.mac(payload).verify_slice(&signature).ok()?;
        let claims = URL_SAFE_NO_PAD.decode(payload).ok()?;
        let claims: InviteClaims = serde_json::from_slice(&claims).ok()?;
        (Timestamp::from_seconds(claims.exp) > now).then_some(claims)
    }

    fn mac(&self, payload: &str) -> Hmac<Sha256> {
        self.0.clone().chain_update(payload.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1000);

    fn claims(exp: i64) -> InviteClaims {
        InviteClaims {
            workspace_id: WorkspaceId::new("w"),
            email: "Ada@Example.test".to_owned(),
            exp,
        }
    }

    #[test]
    fn a_token_is_read_until_its_second_comes() {
        let key = InviteKey::new("secret");
        assert_eq!(key.read(&key.sign(&claims(1001)), NOW), Some(claims(1001)));
        assert_eq!(key.read(&key.sign(&claims(1000)), NOW), None);
    }

    #[test]
    fn forged_changed_and_long_tokens_are_refused() {
        let key = InviteKey::new("secret");
        let token = key.sign(&claims(2000));
        assert_eq!(InviteKey::new("other").read(&token, NOW), None);
        for at in 0..token.len() {
            let flipped = if &token[at..=at] == "A" { "B" } else { "A" };
            let changed = format!("{}{flipped}{}", &token[..at], &token[at + 1..]);
            assert_eq!(key.read(&changed, NOW), None, "byte {at}");
        }
        for token in ["", ".", "a", "a.b", &format!("{token}=")] {
            assert_eq!(key.read(token, NOW), None, "{token}");
        }
        let mut long = claims(2000);
        long.email = "a".repeat(MAX_INVITE_UNITS);
        assert_eq!(key.read(&key.sign(&long), NOW), None);
    }

    #[test]
    fn addresses_are_compared_without_case() {
        let email = |text| Email::parse(text).expect("valid");
        assert!(claims(2000).is_for(&email("aDA@example.TEST")));
        assert!(!claims(2000).is_for(&email("bob@example.test")));
    }
}
