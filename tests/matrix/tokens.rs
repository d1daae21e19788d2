//! Tokens, and every way to spoil them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use or3_domain::auth::jwt::{JwtKey, MAX_TOKEN_BYTES};
use or3_domain::clock::{Clock, SystemClock};
use serde_json::{Value, json};
use sha2::Sha384;

use crate::caller::Caller;

pub(crate) const ACCESS_SECRET: &str = "access secret of this deployment";
pub(crate) const REFRESH_SECRET: &str = "refresh secret of this deployment";
pub(crate) const ADMIN_SECRET: &str = "admin secret of this deployment";

/// The values of the cookies.
#[derive(Clone, Default)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
    /// The super admin's.
    pub(crate) admin: String,
}

/// What becomes of `good`.
pub(crate) fn spoiled(good: &Tokens) -> Vec<(Caller, Tokens)> {
    let now = SystemClock.now().seconds();
    vec![
        (
            Caller::Expired,
            good.resigned(|claims| claims["exp"] = json!(now)),
        ),
        (
            Caller::Future,
            good.resigned(|claims| claims["nbf"] = json!(now + 3600)),
        ),
        (Caller::Swapped, good.swapped()),
        (Caller::Foreign, good.map(foreign)),
        (Caller::Tampered, good.map(tampered)),
        (Caller::Unsigned, good.map(unsigned)),
        (Caller::OtherAlgorithm, good.map(by_another_algorithm)),
        (
            Caller::Oversized,
            good.resigned(|claims| claims["filler"] = json!("x".repeat(MAX_TOKEN_BYTES))),
        ),
        (Caller::Garbage, good.map(|_, _| "garbage".to_owned())),
    ]
}

impl Tokens {
    /// The row of the session that they belong to.
    pub(crate) fn session(&self) -> String {
        let session = &claims(&self.access)["sid"];
        session.as_str().unwrap_or_default().to_owned()
    }

    /// Both tokens after `change`, which gets each with its secret.
    fn map(&self, change: impl Fn(&str, &str) -> String) -> Self {
        Self {
            access: change(&self.access, ACCESS_SECRET),
            refresh: change(&self.refresh, REFRESH_SECRET),
            admin: change(&self.admin, ADMIN_SECRET),
        }
    }

    /// Rightly signed again after a change of the claims.
    fn resigned(&self, change: impl Fn(&mut Value)) -> Self {
        self.map(|token, secret| {
            let mut claims = claims(token);
            change(&mut claims);
            JwtKey::new(secret).sign(&claims).expect("a token")
        })
    }

    fn swapped(&self) -> Self {
        Self {
            access: self.refresh.clone(),
            refresh: self.access.clone(),
            admin: self.access.clone(),
        }
    }
}

fn foreign(token: &str, secret: &str) -> String {
    let key = JwtKey::new(&secret.replace("this", "another"));
    key.sign(&claims(token)).expect("a token")
}

fn tampered(token: &str, _secret: &str) -> String {
    let mut claims = claims(token);
    claims["ver"] = json!(0.0);
    let parts: Vec<_> = token.split('.').collect();
    format!("{}.{}.{}", parts[0], encoded(&claims), parts[2])
}

fn unsigned(token: &str, _secret: &str) -> String {
    let header = json!({"alg": "none", "typ": "JWT"});
    format!("{}.{}.", encoded(&header), encoded(&claims(token)))
}

fn by_another_algorithm(token: &str, secret: &str) -> String {
    let header = json!({"alg": "HS384", "typ": "JWT"});
    let signed = format!("{}.{}", encoded(&header), encoded(&claims(token)));
    let mac = Hmac::<Sha384>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    let signature = mac.chain_update(&signed).finalize().into_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The claims of a token, unverified.
fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn encoded(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}
