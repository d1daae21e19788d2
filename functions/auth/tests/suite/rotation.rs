//! Refresh tokens: rotation, grace, replays (auth contract, 5.4 and 5.5; 15: 9 to 11, 15, 27, 29,
//! 30, 32).

use std::time::Duration;

use serde_json::{Value, json};

use crate::deployment::Deployment;

const GRACE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_refresh_changes_the_cookies_and_voids_the_old_access_token() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    let before = browser.copy();
    let answer = browser.refresh().await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (200, json!({"ok": true}))
    );
    assert_ne!(browser.cookie("or3_refresh"), before.cookie("or3_refresh"));
    assert!(browser.is_signed_in().await);
    let old = deployment.browser();
    let old = old.with_cookie("or3_access", &before.cookie("or3_access"));
    assert!(!old.is_signed_in().await);
}

#[tokio::test]
async fn the_old_token_gets_the_same_successor_inside_the_grace_window() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    let slow = browser.copy();
    browser.refresh().await;
    deployment.clock.advance(Duration::from_millis(29_999));
    assert_eq!(slow.refresh().await.status, 200);
    assert_eq!(slow.cookie("or3_refresh"), browser.cookie("or3_refresh"));
    assert!(slow.is_signed_in().await);
}

#[tokio::test]
async fn the_old_token_after_the_window_ends_every_session_of_the_account() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    let elsewhere = deployment.browser();
    elsewhere
        .sign_in("ada@example.test", "hunter2hunter2")
        .await;
    let thief = browser.copy();
    browser.refresh().await;
    deployment.clock.advance(GRACE);
    let answer = thief.refresh().await;
    assert_eq!(
        (answer.status.as_u16(), answer.message().as_str()),
        (401, "Session expired")
    );
    assert_eq!(answer.set_cookies().len(), 3);
    assert!(!browser.is_signed_in().await);
    assert!(!elsewhere.is_signed_in().await);
    assert_eq!(browser.refresh().await.status, 401);
    let again = deployment
        .browser()
        .sign_in("ada@example.test", "hunter2hunter2")
        .await;
    assert_eq!(again.status, 200);
}

#[tokio::test]
async fn a_slow_tab_survives_two_quick_rotations() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    let slow = browser.copy();
    browser.refresh().await;
    browser.refresh().await;
    assert_eq!(slow.refresh().await.status, 200);
    assert_eq!(slow.cookie("or3_refresh"), browser.cookie("or3_refresh"));
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn a_token_from_before_a_rotation_is_a_replay_once_its_successor_signed_out() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    let elsewhere = deployment.browser();
    elsewhere
        .sign_in("ada@example.test", "hunter2hunter2")
        .await;
    let old = browser.copy();
    browser.refresh().await;
    browser.sign_out().await;
    assert_eq!(old.refresh().await.status, 401);
    assert!(!elsewhere.is_signed_in().await);
}

#[tokio::test]
async fn a_signed_out_token_is_refused_and_ends_nothing_else() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    let elsewhere = deployment.browser();
    elsewhere
        .sign_in("ada@example.test", "hunter2hunter2")
        .await;
    let copy = browser.copy();
    browser.sign_out().await;
    assert_eq!(copy.refresh().await.status, 401);
    assert!(elsewhere.is_signed_in().await);
}

#[tokio::test]
async fn signing_out_during_a_renewal_ends_what_it_made() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    let elsewhere = deployment.browser();
    elsewhere
        .sign_in("ada@example.test", "hunter2hunter2")
        .await;
    let old = browser.copy();
    for _ in 0..2 {
        browser.refresh().await;
    }
    assert_eq!(old.sign_out().await.status, 200);
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.refresh().await.status, 401);
    assert!(elsewhere.is_signed_in().await);
}

#[tokio::test]
async fn a_silent_failure_is_200_and_clears_the_cookies() {
    let deployment = Deployment::new().await;
    let browser = deployment.browser();
    for query in ["silent=1", "silent=true", "a=b&silent=1"] {
        let path = format!("/api/basic-auth/refresh?{query}");
        let answer = browser.post(&path, &Value::Null).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (200, json!({"ok": false}))
        );
        assert_eq!(answer.set_cookies().len(), 3);
    }
    let loud = browser
        .post("/api/basic-auth/refresh?silent=0", &Value::Null)
        .await;
    assert_eq!(loud.status, 401);
}

#[tokio::test]
async fn any_request_renews_a_session_whose_access_token_is_over() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    let refresh = browser.cookie("or3_refresh");
    deployment.clock.advance(Duration::from_mins(15));
    let answer = browser.session().await;
    assert_eq!(
        answer.json()["session"]["user"]["email"],
        "ada@example.test"
    );
    assert_eq!(
        answer.json()["session"]["expiresAt"],
        "2026-01-01T00:30:00.000Z"
    );
    assert_eq!(answer.set_cookies().len(), 3);
    assert_ne!(browser.cookie("or3_refresh"), refresh);
    assert_eq!(browser.session().await.set_cookies().len(), 0);
}

#[tokio::test]
async fn a_failed_renewal_is_anonymous_and_leaves_the_cookies() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    deployment.clock.advance(Duration::from_hours(721));
    let answer = browser.session().await;
    assert!(answer.json()["session"].is_null());
    assert_eq!(answer.set_cookies().len(), 0);
}

#[tokio::test]
async fn a_refresh_token_slides_for_thirty_days_from_its_last_use() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    for _ in 0..3 {
        deployment.clock.advance(Duration::from_hours(719));
        assert_eq!(browser.refresh().await.status, 200);
    }
    deployment.clock.advance(Duration::from_hours(720));
    assert_eq!(browser.refresh().await.status, 401);
}

/// A deployment whose sessions end after an hour, on the database of `deployment`.
fn ending_after_an_hour(deployment: &Deployment) -> Deployment {
    let hour = Some(Duration::from_hours(1));
    deployment.changed(|config| config.tokens = config.tokens.clone().ending_after(hour))
}

#[tokio::test]
async fn a_session_ends_at_its_longest_however_often_it_is_used() {
    let endless = Deployment::new().await;
    let deployment = ending_after_an_hour(&endless);
    let browser = deployment.registered("ada@example.test").await;
    for _ in 0..5 {
        deployment.clock.advance(Duration::from_mins(10));
        assert_eq!(browser.refresh().await.status, 200);
    }
    let answer = browser.session().await.json();
    assert_eq!(answer["session"]["expiresAt"], "2026-01-01T01:00:00.000Z");
    deployment.clock.advance(Duration::from_mins(10));
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.refresh().await.status, 401);
    let password = "hunter2hunter2";
    assert_eq!(
        browser.sign_in("ada@example.test", password).await.status,
        200
    );
    deployment.clock.advance(Duration::from_mins(59));
    assert_eq!(
        browser.refresh().await.status,
        200,
        "a new password, a new hour"
    );
}

#[tokio::test]
async fn a_longest_time_that_is_new_counts_for_sessions_that_are_older() {
    let endless = Deployment::new().await;
    let browser = endless.registered("ada@example.test").await;
    endless.clock.advance(Duration::from_mins(59));
    assert_eq!(browser.refresh().await.status, 200);
    endless.clock.advance(Duration::from_mins(1));
    let ending = ending_after_an_hour(&endless);
    let same = ending
        .browser()
        .with_cookie("or3_refresh", &browser.cookie("or3_refresh"));
    assert_eq!(same.refresh().await.status, 401);
    assert_eq!(browser.refresh().await.status, 200, "nothing was revoked");
}
