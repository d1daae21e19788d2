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

/// The longest token that is looked at, in bytes: twice what a browser keeps in a cookie.
pub const MAX_TOKEN_BYTES: usize = 8192;

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
    crit: Option<serde::de::IgnoredAny>,
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
    /// is one, is not, without tolerance. Signatures are compared in constant time; what is too
    /// long is refused before anything is computed.
    ///
    /// # Errors
    ///
    /// [`InvalidToken`] for everything else.
    pub fn verify<T: DeserializeOwned>(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<T, InvalidToken> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(InvalidToken);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(InvalidToken)?;
        let (header, claims) = signed.split_once('.').ok_or(InvalidToken)?;
        self.mac(signed)
            .verify_slice(&decoded(signature)?)
            .map_err(|_| InvalidToken)?;
        require_hs256(header)?;
        let claims = decoded(claims)?;
        let Validity { exp, nbf } = parsed(&claims)?;
        let now = now.seconds();
        if exp <= now || nbf.is_some_and(|start| start > now) {
            return Err(InvalidToken);
        }
        parsed(&claims)
    }

    fn mac(&self, signed: &str) -> Hmac<Sha256> {
        self.0.clone().chain_update(signed.as_bytes())
    }
}

/// A header that names another algorithm, or an extension that a reader must understand, is
/// refused whatever the signature says.
fn require_hs256(header: &str) -> Result<(), InvalidToken> {
    if header == HEADER {
        return Ok(());
    }
    let header: Header = parsed(&decoded(header)?)?;
    if header.alg == "HS256" && header.crit.is_none() {
        Ok(())
    } else {
        Err(InvalidToken)
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
    fn no_byte_of_a_token_can_be_changed() {
        let token = signed(&json!({"exp": 2000}));
        for at in 0..token.len() {
            let flipped = if &token[at..=at] == "A" { "B" } else { "A" };
            let changed = format!("{}{flipped}{}", &token[..at], &token[at + 1..]);
            assert_eq!(verified(&changed), Err(InvalidToken), "byte {at}");
        }
    }

    #[test]
    fn another_key_is_refused() {
        let token = signed(&json!({"exp": 2000}));
        let other = JwtKey::new("other").verify::<Value>(&token, NOW);
        assert_eq!(other, Err(InvalidToken));
    }

    fn with_header(header: &Value) -> String {
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        let claims = URL_SAFE_NO_PAD.encode(json!({"exp": 2000}).to_string());
        let signed = format!("{header}.{claims}");
        let mac = JwtKey::new("secret").mac(&signed).finalize().into_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac))
    }

    #[test]
    fn other_algorithms_are_refused_even_with_a_right_signature() {
        assert!(verified(&with_header(&json!({"typ": "JWT", "alg": "HS256"}))).is_ok());
        for alg in ["none", "HS384", "HS512", "RS256", "hs256", ""] {
            let token = with_header(&json!({ "alg": alg }));
            assert_eq!(verified(&token), Err(InvalidToken), "{alg}");
            let (signed, _) = token.rsplit_once('.').expect("three parts");
            assert_eq!(verified(&format!("{signed}.")), Err(InvalidToken), "{alg}");
        }
        let extended = with_header(&json!({"alg": "HS256", "crit": ["b64"]}));
        assert_eq!(verified(&extended), Err(InvalidToken));
        assert_eq!(verified(&with_header(&json!({}))), Err(InvalidToken));
    }

    #[test]
    fn a_token_that_is_too_long_is_refused() {
        let filler = "x".repeat(MAX_TOKEN_BYTES);
        let token = signed(&json!({"exp": 2000, "filler": filler}));
        assert_eq!(verified(&token), Err(InvalidToken));
    }

    #[test]
    fn rubbish_is_refused() {
        for token in ["", ".", "..", "a.b", "a.b.c", "garbage", "é.é.é"] {
            assert_eq!(verified(token), Err(InvalidToken), "{token}");
        }
    }
}
