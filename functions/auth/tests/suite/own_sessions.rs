//! One's own sessions: which live, and ending them.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use crate::deployment::{Browser, Deployment};

const SESSIONS: &str = "/api/basic-auth/sessions";
const ADA: &str = "ada@example.test";

async fn list(browser: &Browser) -> Vec<Value> {
    let answer = browser.send(Method::GET, SESSIONS, String::new()).await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    assert_eq!(answer.header("cache-control"), "no-store");
    let list = answer.json()["sessions"].as_array().cloned();
    list.expect("a list")
}

async fn end(browser: &Browser, id: &Value) -> (u16, Value) {
    let path = format!("{SESSIONS}/{}", id.as_str().expect("an id"));
    let answer = browser.send(Method::DELETE, &path, String::new()).await;
    (answer.status.as_u16(), answer.json())
}

async fn device(deployment: &Deployment, name: &str) -> Browser {
    let browser = deployment.browser().with_header("user-agent", name);
    assert_eq!(browser.sign_in(ADA, "hunter2hunter2").await.status, 200);
    browser
}

#[tokio::test]
async fn a_person_sees_every_device_and_which_one_is_theirs() {
    let deployment = Deployment::new().await;
    let laptop = deployment.registered(ADA).await;
    deployment.registered("max@example.test").await;
    deployment.clock.advance(Duration::from_mins(1));
    let phone = device(&deployment, "a phone").await;
    let seen = list(&phone).await;
    assert_eq!(seen.len(), 2);
    let phones = &seen[0];
    assert_eq!(phones["userAgent"], "a phone");
    assert_eq!(phones["ipAddress"], "127.0.0.1");
    assert_eq!(
        (&phones["current"], &seen[1]["current"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(phones["signedInAt"], "2026-01-01T00:01:00.000Z");
    assert_eq!(phones["renewedAt"], "2026-01-01T00:01:00.000Z");
    assert_eq!(phones["expiresAt"], "2026-01-31T00:01:00.000Z");
    assert_eq!(phones["endsAt"], Value::Null);
    assert_eq!(list(&laptop).await[1]["current"], true);
}

#[tokio::test]
async fn a_session_keeps_its_beginning_and_its_place_through_renewals() {
    let deployment = Deployment::new().await;
    let laptop = deployment.registered(ADA).await;
    let before = list(&laptop).await;
    deployment.clock.advance(Duration::from_mins(10));
    assert_eq!(laptop.refresh().await.status, 200);
    let after = list(&laptop).await;
    assert_eq!(after.len(), 1);
    assert_ne!(after[0]["id"], before[0]["id"]);
    assert_eq!(after[0]["current"], true);
    assert_eq!(after[0]["signedInAt"], before[0]["signedInAt"]);
    assert_eq!(after[0]["renewedAt"], "2026-01-01T00:10:00.000Z");
}

#[tokio::test]
async fn listing_with_an_old_access_token_renews_it_and_still_knows_the_own_session() {
    let deployment = Deployment::new().await;
    let laptop = deployment.registered(ADA).await;
    deployment.clock.advance(Duration::from_hours(1));
    let seen = list(&laptop).await;
    assert_eq!((seen.len(), &seen[0]["current"]), (1, &json!(true)));
    assert!(laptop.is_signed_in().await);
}

#[tokio::test]
async fn a_session_that_must_end_says_when() {
    let eight = Some(Duration::from_hours(8));
    let deployment = Deployment::new().await;
    let deployment =
        deployment.changed(|config| config.tokens = config.tokens.clone().ending_after(eight));
    let laptop = deployment.registered(ADA).await;
    let seen = list(&laptop).await;
    assert_eq!(seen[0]["endsAt"], "2026-01-01T08:00:00.000Z");
    assert_eq!(seen[0]["expiresAt"], "2026-01-01T08:00:00.000Z");
}

#[tokio::test]
async fn ending_another_session_signs_that_device_out_and_no_other() {
    let deployment = Deployment::new().await;
    let laptop = deployment.registered(ADA).await;
    let (phone, tablet) = (
        device(&deployment, "a phone").await,
        device(&deployment, "a tablet").await,
    );
    let seen = list(&laptop).await;
    let of_phone = seen
        .iter()
        .find(|session| session["userAgent"] == "a phone");
    let of_phone = of_phone.expect("the phone").clone();
    // The phone renews meanwhile, and has another row then.
    assert_eq!(phone.refresh().await.status, 200);
    for _ in 0..2 {
        assert_eq!(
            end(&laptop, &of_phone["id"]).await,
            (200, json!({"ok": true}))
        );
    }
    assert!(!phone.is_signed_in().await);
    assert!(laptop.is_signed_in().await);
    assert!(tablet.is_signed_in().await);
}

#[tokio::test]
async fn ending_all_others_leaves_this_one() {
    let deployment = Deployment::new().await;
    let laptop = deployment.registered(ADA).await;
    let phone = device(&deployment, "a phone").await;
    let max = deployment.registered("max@example.test").await;
    for ended in [1, 0] {
        let answer = laptop.send(Method::DELETE, SESSIONS, String::new()).await;
        assert_eq!(answer.json(), json!({"ok": true, "ended": ended}));
    }
    assert!(!phone.is_signed_in().await);
    assert!(laptop.is_signed_in().await);
    assert!(max.is_signed_in().await);
}

#[tokio::test]
async fn ending_the_own_session_is_signing_out() {
    let deployment = Deployment::new().await;
    let laptop = deployment.registered(ADA).await;
    let own = list(&laptop).await.remove(0);
    assert_eq!(end(&laptop, &own["id"]).await.0, 200);
    assert_eq!(laptop.cookie("or3_access"), "");
    assert!(!laptop.is_signed_in().await);
}

#[tokio::test]
async fn nobody_ends_the_sessions_of_others() {
    let deployment = Deployment::new().await;
    let ada = deployment.registered(ADA).await;
    let max = deployment.registered("max@example.test").await;
    let adas = list(&ada).await.remove(0);
    assert_eq!(end(&max, &adas["id"]).await.0, 404);
    assert_eq!(end(&max, &json!("no-such-session")).await.0, 404);
    assert!(ada.is_signed_in().await);
    let stranger = deployment.browser();
    for (method, path) in [
        (Method::GET, SESSIONS.to_owned()),
        (Method::DELETE, SESSIONS.to_owned()),
        (Method::DELETE, format!("{SESSIONS}/any")),
    ] {
        let answer = stranger.send(method, &path, String::new()).await;
        assert_eq!(answer.status, 401, "{path}");
        assert_eq!(answer.message(), "Session expired");
    }
}
