//! `POST /api/basic-auth/register` (auth contract, 3.2.2).

use or3_tests::{Newcomer, Server};
use serde_json::json;

use crate::http_rules::assert_error_form;

const REGISTER: &str = "/api/basic-auth/register";

#[tokio::test]
async fn registering_signs_in_with_two_cookies() {
    let server = Server::start().await;
    let ada = Newcomer::of(&server).await;
    assert!(ada.browser.cookie("or3_access").is_some());
    assert!(ada.browser.cookie("or3_refresh").is_some());
}

#[tokio::test]
async fn an_address_that_is_taken_looks_like_wrong_credentials() {
    let server = Server::start().await;
    let ada = Newcomer::of(&server).await;
    let account = json!({
        "email": ada.email.to_uppercase(), "password": "correct horse",
        "confirmPassword": "correct horse",
    });
    let answer = server.browser().post_patiently(REGISTER, &account).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.message(), "Invalid credentials");
    assert_error_form(&answer);
}

#[tokio::test]
async fn the_first_wrong_field_names_the_error() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let cases = [
        (
            "a@example.com",
            "short",
            "short",
            "Password must be at least 8 characters.",
        ),
        (
            "a@example.com",
            "long enough",
            "but another",
            "Passwords must match.",
        ),
        (
            "nobody",
            "long enough",
            "long enough",
            "Enter a valid email address.",
        ),
    ];
    for (email, password, confirm, message) in cases {
        let account = json!({ "email": email, "password": password, "confirmPassword": confirm });
        let answer = browser.post_patiently(REGISTER, &account).await;
        assert_eq!(answer.status, 400, "{message}");
        assert_eq!(answer.message(), message);
    }
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn nobody_registers_where_registration_is_disabled() {
    let settings = [("OR3_AUTH_REGISTRATION_MODE", "disabled")];
    let server = Server::with(&settings).await;
    let account = json!({
        "email": "a@example.com", "password": "long enough", "confirmPassword": "long enough",
    });
    let answer = server.browser().post_patiently(REGISTER, &account).await;
    assert_eq!(answer.status, 403);
    assert_eq!(
        answer.message(),
        "Registration is currently disabled. Please contact an administrator."
    );
}
