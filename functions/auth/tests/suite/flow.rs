//! Signing up, in and out, and what the session endpoint says of it (auth contract, 3.1 and 3.2;
//! 15: 1, 2, 7, 13, 14, 16, 67, 70, 76).

use http::Method;
use serde_json::{Value, json};

use crate::deployment::Deployment;

#[tokio::test]
async fn a_newcomer_registers_and_is_signed_in() {
    let deployment = Deployment::new().await;
    let browser = deployment.browser();
    let body = json!({
        "email": "Ada@Example.test", "password": "hunter2hunter2",
        "confirmPassword": "hunter2hunter2", "displayName": "  Ada ",
    });
    let answer = browser.post("/api/basic-auth/register", &body).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (200, json!({"ok": true}))
    );
    let answer = browser.session().await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let found = answer.json();
    let session = &found["session"];
    assert_eq!(session["user"]["email"], "ada@example.test");
    assert_eq!(session["user"]["displayName"], "Ada");
    assert_eq!(session["workspace"]["name"], "My Workspace");
    assert_eq!(
        (&session["role"], &session["provider"]),
        (&json!("owner"), &json!("basic-auth"))
    );
    assert_eq!(session["authenticated"], true);
    assert_eq!(session["expiresAt"], "2026-01-01T00:15:00.000Z");
    assert_eq!(
        (&session["deploymentAdmin"], &session["entitlements"]),
        (&json!(false), &json!([]))
    );
    assert_ne!(session["user"]["id"], session["providerUserId"]);
    assert_eq!(found["appAccessAllowed"], true);
}

#[tokio::test]
async fn nobody_is_a_verified_null() {
    let answer = Deployment::new().await.browser().session().await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let nobody = json!({"session": null, "appAccessAllowed": false});
    assert_eq!(answer.json(), nobody);
}

/// Browsers put what scripts keep into one line with ours, as the bytes that it is.
#[tokio::test]
async fn a_cookie_of_a_script_beside_ours_signs_nobody_out() {
    let deployment = Deployment::new().await;
    let ada = deployment.registered("ada@example.test").await;
    let other = deployment.browser().with_cookie("theme", "gr\u{fc}n");
    let both = ["or3_access", "or3_refresh"];
    for ours in [&both[..], &both[..1], &both[1..]] {
        let cookies = ours.iter().map(|name| (*name, ada.cookie(name)));
        let browser = cookies.fold(other.copy(), |browser, (name, value)| {
            browser.with_cookie(name, &value)
        });
        assert!(browser.is_signed_in().await, "{ours:?}");
    }
}

#[tokio::test]
async fn the_cookies_come_in_the_order_and_with_the_attributes_of_the_contract() {
    let deployment = Deployment::new().await;
    deployment.registered("ada@example.test").await;
    let answer = deployment
        .browser()
        .sign_in("ADA@example.test", "hunter2hunter2")
        .await;
    let lines = answer.set_cookies();
    let attributes: Vec<_> = lines
        .iter()
        .map(|line| {
            line.split_once("; ")
                .map(|(_, rest)| rest)
                .unwrap_or_default()
        })
        .collect();
    assert_eq!(
        attributes,
        [
            "Max-Age=900; Path=/; HttpOnly; SameSite=Lax",
            "Max-Age=0; Path=/api/basic-auth; HttpOnly; SameSite=Lax",
            "Max-Age=2592000; Path=/api; HttpOnly; SameSite=Lax",
        ]
    );
    assert!(lines[0].starts_with("or3_access=ey"));
    assert!(lines[1].starts_with("or3_refresh=;"));
    assert!(lines[2].starts_with("or3_refresh=ey"));
}

#[tokio::test]
async fn wrong_passwords_and_unknown_addresses_look_alike_and_clear_the_cookies() {
    let deployment = Deployment::new().await;
    deployment.registered("ada@example.test").await;
    for email in ["ada@example.test", "nobody@example.test"] {
        let answer = deployment.browser().sign_in(email, "wrong").await;
        assert_eq!(
            (answer.status.as_u16(), answer.message().as_str()),
            (401, "Invalid credentials")
        );
        let lines = answer.set_cookies();
        assert_eq!(lines.len(), 3);
        assert!(
            lines.iter().all(|line| line.contains("=; Max-Age=0;")),
            "{lines:?}"
        );
    }
}

#[tokio::test]
async fn a_taken_address_is_answered_like_wrong_credentials() {
    let deployment = Deployment::new().await;
    deployment.registered("ada@example.test").await;
    let answer = deployment.browser().register("ADA@example.test").await;
    assert_eq!(
        (answer.status.as_u16(), answer.message().as_str()),
        (401, "Invalid credentials")
    );
    assert_eq!(answer.set_cookies().len(), 3);
}

#[tokio::test]
async fn the_first_wrong_field_decides_the_text() {
    const EMAIL: &str = "Enter a valid email address.";
    const PASSWORD: &str = "Password must be at least 8 characters.";
    const OTHER: &str = "Invalid request";
    let good = json!({"email": "a@b.co", "password": "hunter2hunter2", "confirmPassword": "hunter2hunter2"});
    let with = |change: Value| {
        let mut body = good.clone();
        for (name, value) in change.as_object().expect("members") {
            body[name] = value.clone();
        }
        body
    };
    let deployment = Deployment::new().await;
    let browser = deployment.browser();
    for (body, text) in [
        (json!({}), EMAIL),
        (with(json!({"email": "a@b", "password": "short"})), EMAIL),
        (with(json!({"email": 7})), EMAIL),
        (with(json!({"password": "short"})), PASSWORD),
        (with(json!({"password": null})), PASSWORD),
        (with(json!({"confirmPassword": "x".repeat(513)})), PASSWORD),
        (
            with(json!({"confirmPassword": "another1"})),
            "Passwords must match.",
        ),
        (
            with(json!({"displayName": "  ", "confirmPassword": "another1"})),
            OTHER,
        ),
        (with(json!({"displayName": null})), OTHER),
        (json!([1]), OTHER),
    ] {
        let answer = browser.post("/api/basic-auth/register", &body).await;
        let told = (answer.status.as_u16(), answer.message());
        assert_eq!(told, (400, text.to_owned()), "{body}");
        assert_eq!(
            answer.set_cookies().len(),
            3,
            "every error of register clears"
        );
    }
}

#[tokio::test]
async fn bodies_that_are_no_json_objects_are_refused() {
    let deployment = Deployment::new().await;
    let browser = deployment.browser();
    for (body, text) in [
        (String::new(), "Invalid request"),
        ("null".to_owned(), "Invalid request"),
        ("{bad json".to_owned(), "Bad Request"),
        ("\"\\ud800\"".to_owned(), "Bad Request"),
    ] {
        let answer = browser
            .send(Method::POST, "/api/basic-auth/sign-in", body)
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.message().as_str()),
            (400, text)
        );
    }
    let huge = "x".repeat(10 * 1024 * 1024);
    let answer = browser
        .send(Method::POST, "/api/basic-auth/sign-in", huge)
        .await;
    assert_eq!(answer.status, 413);
    let text = browser.with_header("content-type", "text/plain");
    let answer = text.sign_in("a@b.co", "x").await;
    assert_eq!(answer.message(), "Invalid request");
}

#[tokio::test]
async fn signing_out_ends_this_session_and_no_other() {
    let deployment = Deployment::new().await;
    let here = deployment.registered("ada@example.test").await;
    let there = deployment.browser();
    there.sign_in("ada@example.test", "hunter2hunter2").await;
    let stolen = here.copy();
    let answer = here.sign_out().await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (200, json!({"ok": true}))
    );
    assert_eq!(here.cookie("or3_access"), "");
    assert!(!stolen.is_signed_in().await);
    assert!(there.is_signed_in().await);
    assert_eq!(here.sign_out().await.status, 200);
}

#[tokio::test]
async fn switched_off_is_503_for_passwords_and_null_for_sessions() {
    let deployment = Deployment::new().await;
    let ports = auth::Ports {
        enabled: false,
        accounts: None,
        ..deployment.ports()
    };
    let client = or3_testkit::Client::new(auth::router(ports));
    let answer = client.get("/api/auth/session").await;
    assert_eq!(
        answer.json(),
        json!({"session": null, "appAccessAllowed": false})
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    for name in [
        "sign-in",
        "register",
        "refresh",
        "sign-out",
        "change-password",
    ] {
        let path = format!("/api/basic-auth/{name}");
        let answer = client.post(&path, &json!({})).await;
        assert_eq!(answer.status, 503, "{name}");
        assert_eq!(
            answer.message(),
            "Authentication provider is not configured"
        );
        assert_eq!(answer.header("cache-control"), "no-cache");
    }
}
