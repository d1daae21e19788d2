//! Signing tests in without a password, where the deployment lets them.

use http::Method;
use or3_tests::{Answer, Browser, Server};
use serde_json::{Value, json};

const PATH: &str = "/api/auth/test-sign-in";
const SECRET: &str = "what the tests know";

async fn server() -> Server {
    Server::with(&[("OR3_TEST_MODE", "true"), ("OR3_TEST_SECRET", SECRET)]).await
}

async fn sign_in(browser: &mut Browser, secret: &str, body: &Value) -> Answer {
    let headers = [
        ("content-type", "application/json"),
        ("x-or3-test-secret", secret),
    ];
    browser
        .send(Method::POST, PATH, &headers, body.to_string())
        .await
}

async fn session(browser: &mut Browser) -> Value {
    browser.get("/api/auth/session").await.json()["session"].clone()
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_test_signs_in_as_anybody_and_finds_the_same_person_again() {
    let server = server().await;
    let ada = json!({"email": "Ada@Example.test", "displayName": "Ada"});
    let (mut first, mut second) = (server.browser(), server.browser());
    let answer = sign_in(&mut first, SECRET, &ada).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (200, json!({"ok": true}))
    );
    sign_in(&mut second, SECRET, &json!({"email": "ada@example.test"})).await;
    let (one, two) = (session(&mut first).await, session(&mut second).await);
    assert_eq!(one["user"]["email"], "ada@example.test");
    assert_eq!(one["user"]["displayName"], "Ada");
    assert_eq!(one["role"], "owner");
    for member in ["user", "workspace", "providerUserId"] {
        assert_eq!(one[member], two[member]);
    }
    let password = json!({"email": "ada@example.test", "password": ""});
    let by_password = first.post("/api/basic-auth/sign-in", &password).await;
    assert!(by_password.status.is_client_error());
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn whoever_does_not_know_the_secret_is_nobody() {
    let server = server().await;
    let mut stranger = server.browser();
    let ada = json!({"email": "ada@example.test"});
    for secret in ["", "what the tests kno", "what the tests know "] {
        let answer = sign_in(&mut stranger, secret.trim_start(), &ada).await;
        // Blanks around a header's value are not part of it (RFC 9110, 5.5).
        let known = secret.trim() == SECRET;
        assert_eq!(answer.status == 200, known, "{secret:?}");
        assert!(known || answer.status == 403);
    }
    let without = stranger.post(PATH, &ada).await;
    assert_eq!(without.status, 403);
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn outside_of_test_mode_there_is_no_such_route() {
    let server = Server::with(&[("OR3_TEST_SECRET", SECRET)]).await;
    let mut browser = server.browser();
    let answer = sign_in(&mut browser, SECRET, &json!({"email": "ada@example.test"})).await;
    assert_eq!(answer.status, 404);
    assert_eq!(session(&mut browser).await, Value::Null);
}
