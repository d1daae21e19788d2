//! An OpenID provider on this machine: publishes its keys, signs tokens.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Listens on a free port of loopback until it is dropped. Its keys are P-256.
pub struct IdentityProvider {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    /// The last one signs.
    keys: Mutex<Vec<(String, EcdsaKeyPair)>>,
    away: Mutex<bool>,
    asked: AtomicUsize,
}

#[expect(clippy::expect_used, reason = "a test without its provider must fail")]
impl IdentityProvider {
    /// A provider with one key.
    ///
    /// # Panics
    ///
    /// When loopback has no free port.
    pub async fn start() -> Self {
        let shared = Arc::new(Shared {
            keys: Mutex::new(vec![key(1)]),
            away: Mutex::new(false),
            asked: AtomicUsize::new(0),
        });
        let router = Router::new()
            .route("/jwks.json", get(publish))
            .with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self {
            address,
            shared,
            server,
        }
    }

    /// The `iss` of its tokens.
    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it publishes its keys.
    pub fn jwks_url(&self) -> String {
        format!("http://{}/jwks.json", self.address)
    }

    /// Publishes one more key, which signs from now on.
    pub fn rotate(&self) {
        let mut keys = lock(&self.shared.keys);
        let next = key(keys.len() + 1);
        keys.push(next);
    }

    /// Answers 500 from now on, or no longer.
    pub fn set_away(&self, away: bool) {
        *lock(&self.shared.away) = away;
    }

    /// How often it was asked for its keys.
    pub fn times_asked(&self) -> usize {
        self.shared.asked.load(Ordering::SeqCst)
    }

    /// A token with these claims, signed by the newest key; `iss` is added.
    ///
    /// # Panics
    ///
    /// Never with claims that are an object.
    pub fn token(&self, mut claims: Value) -> String {
        claims["iss"] = self.issuer().into();
        let keys = lock(&self.shared.keys);
        let (kid, pair) = keys.last().expect("a key");
        let header = json!({"alg": "ES256", "kid": kid, "typ": "JWT"});
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = pair.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = signature.expect("a signature");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn publish(State(shared): State<Arc<Shared>>) -> Result<String, StatusCode> {
    shared.asked.fetch_add(1, Ordering::SeqCst);
    if *lock(&shared.away) {
        return Err(StatusCode::INTERNAL_SERVER_ERROR);
    }
    let keys: Vec<_> = lock(&shared.keys).iter().map(jwk).collect();
    Ok(json!({ "keys": keys }).to_string())
}

#[expect(clippy::expect_used, reason = "a test without its key must fail")]
fn key(number: usize) -> (String, EcdsaKeyPair) {
    let (curve, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(curve, &random).expect("a key");
    let pair = EcdsaKeyPair::from_pkcs8(curve, pkcs8.as_ref(), &random);
    (format!("key-{number}"), pair.expect("the key just made"))
}

fn jwk((kid, pair): &(String, EcdsaKeyPair)) -> Value {
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    let [x, y] = [x, y].map(|coordinate| URL_SAFE_NO_PAD.encode(coordinate));
    json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": kid, "x": x, "y": y})
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
