//! Tokens that nobody should accept, in both cookies: the contract's status, no detail, no row
//! changed (auth contract, 5.3; 15: 18, 20, 21).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use or3_domain::auth::jwt::{JwtKey, MAX_TOKEN_BYTES};
use serde_json::{Value, json};

use crate::deployment::{ACCESS_SECRET, Browser, Deployment, REFRESH_SECRET};

/// The claims of a token, unverified.
fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn signed(secret: &str, claims: &Value) -> String {
    JwtKey::new(secret).sign(claims).expect("a token")
}

fn without_signature(token: &str) -> String {
    let (_, payload) = token.split_once('.').expect("a header");
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    let payload = payload.split('.').next().unwrap_or_default();
    format!("{header}.{payload}.")
}

/// Every way to spoil `token`, which `secret` signed, while `other` is the pair's other token.
fn spoiled(token: &str, secret: &str, other: &str) -> Vec<(&'static str, String)> {
    let good = claims(token);
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        signed(secret, &claims)
    };
    vec![
        ("garbage", "garbage".to_owned()),
        ("two dots", "..".to_owned()),
        ("cut", token[..token.len() - 1].to_owned()),
        ("longer", format!("{token}A")),
        ("none", without_signature(token)),
        ("other secret", signed("another secret", &good)),
        ("the other token", other.to_owned()),
        ("expired", with("exp", json!(1_767_225_600))),
        ("not yet valid", with("nbf", json!(1_767_225_601))),
        ("other type", with("typ", json!("other"))),
        ("no session", with("sid", json!("nobody"))),
        ("no account", with("sub", json!("nobody"))),
        ("later version", with("ver", json!(1))),
        ("version of another type", with("ver", json!("0"))),
        (
            "oversized",
            with("filler", json!("x".repeat(MAX_TOKEN_BYTES))),
        ),
    ]
}

async fn untouched(browser: &Browser) {
    assert!(browser.is_signed_in().await, "the real session goes on");
}

#[tokio::test]
async fn no_spoiled_access_token_is_anybody() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    let (access, refresh) = (browser.cookie("or3_access"), browser.cookie("or3_refresh"));
    for (name, token) in spoiled(&access, ACCESS_SECRET, &refresh) {
        let forged = deployment.browser().with_cookie("or3_access", &token);
        let answer = forged.session().await;
        let nobody = json!({"session": null, "appAccessAllowed": false});
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (200, nobody),
            "{name}"
        );
        assert_eq!(answer.set_cookies().len(), 0, "{name}");
    }
    untouched(&browser).await;
}

#[tokio::test]
async fn no_spoiled_refresh_token_refreshes() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    let (access, refresh) = (browser.cookie("or3_access"), browser.cookie("or3_refresh"));
    for (name, token) in spoiled(&refresh, REFRESH_SECRET, &access) {
        let forged = deployment.browser().with_cookie("or3_refresh", &token);
        let answer = forged.refresh().await;
        let told = (answer.status.as_u16(), answer.message());
        assert_eq!(told, (401, "Session expired".to_owned()), "{name}");
        let answer = forged.with_cookie("or3_refresh", &token).session().await;
        assert!(answer.json()["session"].is_null(), "{name}");
    }
    untouched(&browser).await;
    assert_eq!(browser.refresh().await.status, 200);
}

#[tokio::test]
async fn a_good_refresh_token_does_not_sign_in_as_access_nor_the_other_way_round() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    let swapped = deployment
        .browser()
        .with_cookie("or3_access", &browser.cookie("or3_refresh"))
        .with_cookie("or3_refresh", &browser.cookie("or3_access"));
    assert!(!swapped.is_signed_in().await);
    assert_eq!(swapped.refresh().await.status, 401);
}

#[tokio::test]
async fn the_first_of_two_cookies_of_one_name_counts() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    let access = browser.cookie("or3_access");
    let cookies = format!("or3_access=garbage; or3_access={access}");
    let garbage_first = deployment.browser().with_header("cookie", &cookies);
    assert!(!garbage_first.is_signed_in().await);
    let cookies = format!("or3_access={access}; or3_access=garbage");
    let token_first = deployment.browser().with_header("cookie", &cookies);
    assert!(token_first.is_signed_in().await);
}

#[tokio::test]
async fn a_bearer_header_is_nobody() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    let bearer = format!("Bearer {}", browser.cookie("or3_access"));
    let other = deployment.browser().with_header("authorization", &bearer);
    assert!(!other.is_signed_in().await);
}
