//! The three parts of a compact token, taken apart before anything of it is believed (RFC 7515).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::claims::Claims;
use super::key::VerifyingKey;
use crate::auth::jwt::MAX_TOKEN_BYTES;

/// A token whose signature has not been checked yet.
pub(super) struct Token<'a> {
    header: Header,
    claims: Claims,
    signed: &'a str,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
    typ: Option<String>,
    crit: Option<serde::de::IgnoredAny>,
}

impl<'a> Token<'a> {
    /// Takes `text` apart. `None` for what is too long, malformed, names no key, asks for an
    /// extension, or is another kind of token than one that says who is signed in (a logout
    /// token, for instance).
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        if text.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header = serde_json::from_slice(&decoded(header)?).ok()?;
        if header.crit.is_some() || !header.typ.as_deref().is_none_or(says_who) {
            return None;
        }
        Some(Self {
            claims: Claims::parse(&decoded(claims)?)?,
            header,
            signed,
            signature: decoded(signature)?,
        })
    }

    /// The key that is said to have signed it.
    pub(super) fn kid(&self) -> &str {
        &self.header.kid
    }

    /// What it says, unproved.
    pub(super) fn unproved(&self) -> &Claims {
        &self.claims
    }

    /// What it says, if `key` signed it with the algorithm that this key is for.
    pub(super) fn proved_by(self, key: &VerifyingKey) -> Option<Claims> {
        let proved = self.header.alg == key.algorithm()
            && key.verifies(self.signed.as_bytes(), &self.signature);
        proved.then_some(self.claims)
    }
}

/// The types of ID tokens and access tokens (RFC 7519, 5.1; RFC 9068, 2.1).
fn says_who(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    let typ = typ.strip_prefix("application/").unwrap_or(&typ);
    matches!(typ, "jwt" | "at+jwt")
}

fn decoded(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}
