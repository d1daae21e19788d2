mod claims;
mod signature;

use std::sync::Arc;

use async_trait::async_trait;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::*;
use crate::auth::jwt::MAX_TOKEN_BYTES;
use crate::auth::oidc::fixture::{Signer, encoded, jwks, unsigned};
use crate::auth::oidc::{KeySet, KeySource};
use crate::clock::SystemClock;

const NOW: Timestamp = Timestamp::from_seconds(1_000_000);
const ISSUER: &str = "https://id.example.test";

struct Published(Vec<Value>);

#[async_trait]
impl KeySource for Published {
    async fn fetch(&self) -> Result<KeySet, String> {
        KeySet::parse(&jwks(&self.0)).map_err(|error| error.to_string())
    }
}

struct Scene {
    rsa: Signer,
    p256: Signer,
    config: OidcConfig,
}

fn scene() -> Scene {
    Scene {
        rsa: Signer::rsa("rsa"),
        p256: Signer::p256("p256"),
        config: OidcConfig {
            issuer: ISSUER.to_owned(),
            audiences: Vec::new(),
            email_claim: "email".to_owned(),
            name_claim: "name".to_owned(),
        },
    }
}

impl Scene {
    /// The subject of `token` for a process that knows no key yet.
    async fn verify(&self, token: &str) -> Result<Option<String>, KeysUnavailable> {
        let published = Published(vec![self.rsa.jwk(), self.p256.jwk()]);
        let keyring = Keyring::new(Arc::new(published), Arc::new(SystemClock));
        let claims = Verifier::new(&self.config, &keyring)
            .verify(token, NOW)
            .await?;
        Ok(claims.map(|claims| claims.subject().unwrap_or_default().to_owned()))
    }

    async fn is_believed(&self, token: &str) -> bool {
        self.verify(token)
            .await
            .expect("the provider answers")
            .is_some()
    }

    async fn believes_claims(&self, claims: &Value) -> bool {
        self.is_believed(&self.p256.token(claims)).await
    }
}

/// Claims that count at [`NOW`].
fn claims() -> Value {
    let now = NOW.seconds();
    json!({"iss": ISSUER, "sub": "user_1", "iat": now, "nbf": now, "exp": now + 60})
}

fn with(member: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[member] = value;
    claims
}

fn without(member: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().expect("an object").remove(member);
    claims
}
