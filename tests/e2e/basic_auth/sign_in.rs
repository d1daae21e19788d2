//! `POST /api/basic-auth/sign-in` (auth contract, 3.2.1).

use or3_tests::{Newcomer, Server};
use serde_json::json;

const SIGN_IN: &str = "/api/basic-auth/sign-in";

#[tokio::test]
async fn the_right_password_opens_and_the_cookies_are_out_of_reach_for_scripts() {
    let server = Server::start().await;
    let ada = Newcomer::of(&server).await;
    let credentials = json!({ "email": ada.email.to_uppercase(), "password": ada.password });
    let answer = server.browser().post(SIGN_IN, &credentials).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({ "ok": true }));
    assert_eq!(answer.header("cache-control"), "no-store");
    let cookies = answer.set_cookies();
    assert!(
        cookies
            .iter()
            .any(|cookie| cookie.starts_with("or3_access="))
    );
    assert!(cookies.iter().all(|cookie| cookie.contains("HttpOnly")));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_alike() {
    let server = Server::start().await;
    let ada = Newcomer::of(&server).await;
    for (email, password) in [
        (ada.email.as_str(), "wrong"),
        ("nobody@example.com", "wrong"),
    ] {
        let credentials = json!({ "email": email, "password": password });
        let answer = server.browser().post(SIGN_IN, &credentials).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.message(), "Invalid credentials");
    }
}

#[tokio::test]
async fn a_page_of_another_site_may_not_sign_in() {
    let server = Server::start().await;
    let headers = [
        ("content-type", "application/json"),
        ("origin", "https://evil.example.test"),
    ];
    let mut browser = server.browser();
    let answer = browser
        .send(http::Method::POST, SIGN_IN, &headers, "{}")
        .await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.message(), "Forbidden");
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn the_twenty_first_attempt_of_a_minute_is_refused_with_a_pause() {
    let server = Server::with(&[]).await;
    let mut browser = server.browser();
    for _ in 0..20 {
        let answer = browser.post(SIGN_IN, &json!({})).await;
        assert_eq!(answer.status, 400);
    }
    let answer = browser.post(SIGN_IN, &json!({})).await;
    assert_eq!(answer.status, 429);
    assert_eq!(answer.message(), "Too many requests");
    let pause: u64 = answer.header("retry-after").parse().expect("whole seconds");
    assert!((1..=60).contains(&pause));
}
