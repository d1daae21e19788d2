//! What a provider publishes of its keys: a JWK set (RFC 7517).

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use super::key::VerifyingKey;

/// The keys of a provider by key id.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<(String, Arc<VerifyingKey>)>,
}

/// Why a document is no key set that anything could be checked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// It is not JSON, or has no list `keys`.
    #[error("this is no JWK set")]
    NotAKeySet,
    /// It holds no key for RS256 (2048 bits or more) or ES256 with an id.
    #[error("the JWK set holds no usable key")]
    NoUsableKey,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl KeySet {
    /// Reads a JWK set. Keys of other kinds, purposes or algorithms, keys without an id and keys
    /// that are too weak are passed over, as RFC 7517, 5 wants it; of two keys with one id the
    /// first counts.
    ///
    /// # Errors
    ///
    /// [`KeySetError`] when nothing usable is left.
    pub fn parse(json: &[u8]) -> Result<Self, KeySetError> {
        let document: Document =
            serde_json::from_slice(json).map_err(|_| KeySetError::NotAKeySet)?;
        let mut set = Self::default();
        for jwk in document.keys.into_iter().filter_map(jwk) {
            if let Some((kid, key)) = usable(jwk)
                && set.find(&kid).is_none()
            {
                set.keys.push((kid, Arc::new(key)));
            }
        }
        if set.keys.is_empty() {
            return Err(KeySetError::NoUsableKey);
        }
        Ok(set)
    }

    /// The key called `kid`.
    pub fn find(&self, kid: &str) -> Option<&Arc<VerifyingKey>> {
        let named = self.keys.iter().find(|(name, _)| name == kid);
        named.map(|(_, key)| key)
    }
}

fn jwk(value: Value) -> Option<Jwk> {
    serde_json::from_value(value).ok()
}

fn usable(jwk: Jwk) -> Option<(String, VerifyingKey)> {
    let kid = jwk.kid.clone().filter(|kid| !kid.is_empty())?;
    let signs = jwk
        .purpose
        .as_deref()
        .is_none_or(|purpose| purpose == "sig");
    let verifies = jwk
        .key_ops
        .as_ref()
        .is_none_or(|operations| operations.iter().any(|operation| operation == "verify"));
    if !signs || !verifies {
        return None;
    }
    let key = key(&jwk)?;
    let fits = jwk.alg.is_none_or(|alg| alg == key.algorithm());
    fits.then_some((kid, key))
}

fn key(jwk: &Jwk) -> Option<VerifyingKey> {
    match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", None) => VerifyingKey::rsa(&number(jwk.n.as_ref())?, &number(jwk.e.as_ref())?),
        ("EC", Some("P-256")) => {
            VerifyingKey::p256(&number(jwk.x.as_ref())?, &number(jwk.y.as_ref())?)
        }
        _ => None,
    }
}

fn number(text: Option<&String>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::oidc::fixture::{Signer, jwks};
    use serde_json::json;

    fn parsed(keys: &[Value]) -> Result<KeySet, KeySetError> {
        KeySet::parse(&jwks(keys))
    }

    fn with(jwk: &Value, member: &str, value: Value) -> Value {
        let mut jwk = jwk.clone();
        jwk[member] = value;
        jwk
    }

    #[test]
    fn keys_are_found_by_their_id_and_know_their_algorithm() {
        let set = parsed(&[Signer::rsa("a").jwk(), Signer::p256("b").jwk()]).expect("a set");
        assert_eq!(set.find("a").map(|key| key.algorithm()), Some("RS256"));
        assert_eq!(set.find("b").map(|key| key.algorithm()), Some("ES256"));
        assert!(set.find("c").is_none());
    }

    #[test]
    fn a_key_that_is_not_for_us_is_passed_over() {
        let good = Signer::p256("b").jwk();
        for (member, value) in [
            ("kid", json!(null)),
            ("kid", json!("")),
            ("use", json!("enc")),
            ("key_ops", json!(["sign"])),
            ("alg", json!("RS256")),
            ("alg", json!("ES384")),
            ("crv", json!("P-384")),
            ("kty", json!("oct")),
            ("kty", json!(7)),
            ("x", json!("too short")),
            ("y", json!(null)),
        ] {
            let odd = with(&good, member, value.clone());
            let alone = parsed(&[odd]);
            assert!(alone.is_err(), "{member} {value}");
        }
        for (member, value) in [
            ("use", json!("sig")),
            ("key_ops", json!(["verify"])),
            ("alg", json!("ES256")),
            ("x5c", json!(["ignored"])),
        ] {
            let fine = with(&good, member, value.clone());
            assert!(parsed(&[fine]).is_ok(), "{member} {value}");
        }
    }

    #[test]
    fn an_rsa_key_for_another_algorithm_or_too_short_is_passed_over() {
        let good = Signer::rsa("a").jwk();
        assert!(parsed(&[with(&good, "alg", json!("PS256"))]).is_err());
        assert!(parsed(&[with(&good, "alg", json!("RS512"))]).is_err());
        let weak = URL_SAFE_NO_PAD.encode([0xff; 128]);
        assert!(parsed(&[with(&good, "n", json!(weak))]).is_err());
    }

    #[test]
    fn a_symmetric_key_is_never_taken() {
        let oct = json!({"kty": "oct", "kid": "a", "alg": "HS256", "k": "c2VjcmV0"});
        assert_eq!(parsed(&[oct]).err(), Some(KeySetError::NoUsableKey));
    }

    #[test]
    fn of_two_keys_with_one_id_the_first_counts() {
        let (first, second) = (Signer::rsa("a").jwk(), Signer::p256("a").jwk());
        let set = parsed(&[first, second]).expect("a set");
        assert_eq!(set.find("a").map(|key| key.algorithm()), Some("RS256"));
    }

    #[test]
    fn what_is_no_key_set_is_said_to_be_none() {
        for text in ["", "{}", "[]", "<html>", r#"{"keys":{}}"#] {
            let parsed = KeySet::parse(text.as_bytes());
            assert_eq!(parsed.err(), Some(KeySetError::NotAKeySet), "{text}");
        }
        assert_eq!(parsed(&[]).err(), Some(KeySetError::NoUsableKey));
    }
}
