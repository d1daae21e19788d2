//! Compact JSON Web Tokens with HS256, the only algorithm that this product signs or accepts
//! (RFC 7515 and 7519; auth contract, 5.2; storage contract, 5).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::clock::Timestamp;

/// `{"alg":"HS256","typ":"JWT"}` as it stands in every token of ours.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// A secret that signs and checks tokens: the text's raw bytes, of any length.
#[derive(Clone)]
pub struct JwtKey(Hmac<Sha256>);

/// The token is malformed, signed by another key or algorithm, expired, or its claims have
/// another shape. Callers do not tell these apart, and neither may an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid token")]
pub struct InvalidToken;

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Validity {
    exp: i64,
    nbf: Option<i64>,
}

impl JwtKey {
    /// The key of `secret`.
    ///
    /// # Panics
    ///
    /// Never: HMAC takes keys of every length.
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    pub fn new(secret: &str) -> Self {
        Self(Hmac::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of every length"))
    }

    /// `claims` as a signed token; they carry `iat` and `exp` in seconds themselves.
    ///
    /// # Errors
    ///
    /// When `claims` is nothing that JSON can hold.
    pub fn sign<T: Serialize>(&self, claims: &T) -> Result<String, serde_json::Error> {
        let claims = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims)?);
        let signed = format!("{HEADER}.{claims}");
        let signature = self.mac(&signed).finalize().into_bytes();
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// The claims of `token` if this key signed it, `exp` is later than `now` and `nbf`, if there
    /// is one, is not, without tolerance. Signatures are compared in constant time.
    ///
    /// # Errors
    ///
    /// [`InvalidToken`] for everything else.
    pub fn verify<T: DeserializeOwned>(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<T, InvalidToken> {
        let (signed, signature) = token.rsplit_once('.').ok_or(InvalidToken)?;
        let (header, claims) = signed.split_once('.').ok_or(InvalidToken)?;
        self.mac(signed)
            .verify_slice(&decoded(signature)?)
            .map_err(|_| InvalidToken)?;
        let header: Header = parsed(&decoded(header)?)?;
        let claims = decoded(claims)?;
        let Validity { exp, nbf } = parsed(&claims)?;
        let now = now.seconds();
        if header.alg != "HS256" || exp <= now || nbf.is_some_and(|start| start > now) {
            return Err(InvalidToken);
        }
        parsed(&claims)
    }

    fn mac(&self, signed: &str) -> Hmac<Sha256> {
        self.0.clone().chain_update(signed.as_bytes())
    }
}

fn decoded(part: &str) -> Result<Vec<u8>, InvalidToken> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| InvalidToken)
}

fn parsed<T: DeserializeOwned>(json: &[u8]) -> Result<T, InvalidToken> {
    serde_json::from_slice(json).map_err(|_| InvalidToken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const NOW: Timestamp = Timestamp::from_seconds(1000);

    fn signed(claims: &Value) -> String {
        JwtKey::new("secret").sign(claims).expect("a token")
    }

    fn verified(token: &str) -> Result<Value, InvalidToken> {
        JwtKey::new("secret").verify(token, NOW)
    }

    #[test]
    fn a_token_is_signed_as_everybody_signs_it() {
        #[derive(Serialize)]
        struct Claims {
            sub: &'static str,
            name: &'static str,
            iat: i64,
        }
        let claims = Claims {
            sub: "1234567890",
            name: "John Doe",
            iat: 1_516_239_022,
        };
        let token = JwtKey::new("your-256-bit-secret").sign(&claims);
        let token = token.expect("a token");
        assert!(token.starts_with("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkw"));
        assert!(token.ends_with(".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"));
    }

    #[test]
    fn what_was_signed_is_verified_until_its_last_second() {
        let claims = json!({"sub": "a", "exp": 1001});
        assert_eq!(verified(&signed(&claims)), Ok(claims));
        assert_eq!(verified(&signed(&json!({"exp": 1000}))), Err(InvalidToken));
        assert_eq!(verified(&signed(&json!({"sub": "a"}))), Err(InvalidToken));
        let early = json!({"exp": 2000, "nbf": 1001});
        assert_eq!(verified(&signed(&early)), Err(InvalidToken));
    }

    #[test]
    fn another_key_or_a_changed_byte_is_refused() {
        let token = signed(&json!({"exp": 2000}));
        let other = JwtKey::new("other").verify::<Value>(&token, NOW);
        assert_eq!(other, Err(InvalidToken));
        let at = HEADER.len() + 3;
        let flipped = if &token[at..=at] == "A" { "B" } else { "A" };
        let changed = format!("{}{flipped}{}", &token[..at], &token[at + 1..]);
        assert_eq!(verified(&changed), Err(InvalidToken));
    }

    #[test]
    fn other_algorithms_are_refused_even_with_a_right_signature() {
        for alg in ["none", "HS384", "RS256"] {
            let header = URL_SAFE_NO_PAD.encode(json!({ "alg": alg }).to_string());
            let claims = URL_SAFE_NO_PAD.encode(json!({"exp": 2000}).to_string());
            let signed = format!("{header}.{claims}");
            let mac = JwtKey::new("secret").mac(&signed).finalize().into_bytes();
            let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac));
            assert_eq!(verified(&token), Err(InvalidToken), "{alg}");
            assert_eq!(verified(&format!("{signed}.")), Err(InvalidToken), "{alg}");
        }
    }

    #[test]
    fn rubbish_is_refused() {
        for token in ["", ".", "..", "a.b", "a.b.c", "garbage", "é.é.é"] {
            assert_eq!(verified(token), Err(InvalidToken), "{token}");
        }
    }
}
