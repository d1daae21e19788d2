//! What is written down of signing in, and what that costs.

use std::time::Duration;

use http::Method;
use or3_domain::audit::Entry;
use or3_domain::auth::{Email, Origin};
use or3_domain::meter::measured;

use crate::deployment::Deployment;

const PASSWORD: &str = "hunter2hunter2";

async fn entries(deployment: &Deployment) -> Vec<Entry> {
    let log = deployment.state.audit_log();
    log.oldest(0, 100).await.expect("listed")
}

fn told(entries: &[Entry]) -> Vec<(&str, Option<&str>)> {
    let told = entries.iter();
    told.map(|entry| (entry.action.as_str(), entry.target.as_deref()))
        .collect()
}

#[tokio::test]
async fn signing_in_is_written_down_whether_it_succeeds_or_not() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    browser.sign_in("Ada@Example.test", PASSWORD).await;
    browser.sign_in("ada@example.test", "wrong").await;
    browser.sign_in("nobody@example.test", "wrong").await;
    browser.sign_in("no address", "wrong").await;
    let entries = entries(&deployment).await;
    assert_eq!(
        told(&entries),
        [
            ("register", None),
            ("sign-in", None),
            ("sign-in-failed", Some("ada@example.test")),
            ("sign-in-failed", Some("nobody@example.test")),
        ]
    );
    assert!(entries.iter().all(|entry| entry.ip_address.is_some()));
    assert!(entries.iter().all(|entry| entry.request_id.is_some()));
    let [register, sign_in, failed, ..] = &entries[..] else {
        unreachable!("four were looked at");
    };
    assert_eq!(register.actor, sign_in.actor, "the account");
    assert_eq!(failed.actor, "", "nobody was recognized");
    let text = format!("{entries:?}");
    assert!(!text.contains(PASSWORD) && !text.contains("wrong"));
}

#[tokio::test]
async fn a_new_password_is_written_down_once() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    browser
        .change_password("wrong", "correct horse battery")
        .await;
    browser
        .change_password(PASSWORD, "correct horse battery")
        .await;
    let entries = entries(&deployment).await;
    let changes = entries
        .iter()
        .filter(|entry| entry.action == "password-change");
    assert_eq!(changes.count(), 1);
}

/// What of `entries` tells how sessions ended: action, target and what more is said.
fn ends(entries: &[Entry]) -> Vec<(&str, Option<&str>, Option<&str>)> {
    let actions = ["sign-out", "session-end", "token-replay"];
    let ends = entries.iter();
    let ends = ends.filter(|entry| actions.contains(&entry.action.as_str()));
    ends.map(|entry| {
        let (target, detail) = (entry.target.as_deref(), entry.detail.as_deref());
        (entry.action.as_str(), target, detail)
    })
    .collect()
}

#[tokio::test]
async fn the_end_of_a_session_is_written_down_once_with_whose_it_was() {
    const SESSIONS: &str = "/api/basic-auth/sessions";
    let deployment = Deployment::new().await;
    let laptop = deployment.registered("ada@example.test").await;
    let phone = deployment.browser();
    phone.sign_in("ada@example.test", PASSWORD).await;
    let seen = phone.send(Method::GET, SESSIONS, String::new()).await;
    let seen = seen.json()["sessions"].clone();
    let seen = seen.as_array().expect("a list");
    let other = seen.iter().find(|session| session["current"] == false);
    let other = other.and_then(|session| session["id"].as_str());
    let other = other.expect("the laptop");
    for _ in 0..2 {
        let path = format!("{SESSIONS}/{other}");
        phone.send(Method::DELETE, &path, String::new()).await;
        phone.send(Method::DELETE, SESSIONS, String::new()).await;
    }
    laptop.sign_in("ada@example.test", PASSWORD).await;
    phone.send(Method::DELETE, SESSIONS, String::new()).await;
    let copy = phone.copy();
    phone.sign_out().await;
    copy.sign_out().await;
    let entries = entries(&deployment).await;
    assert_eq!(
        ends(&entries),
        [
            ("session-end", Some(other), None),
            ("session-end", None, Some("all others")),
            ("sign-out", None, None),
        ]
    );
    let account = &entries[0].actor;
    assert!(entries.iter().all(|entry| entry.actor == *account));
}

#[tokio::test]
async fn a_replayed_token_is_written_down() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    let thief = browser.copy();
    browser.refresh().await;
    deployment.clock.advance(Duration::from_mins(5));
    for _ in 0..2 {
        assert_eq!(thief.refresh().await.status, 401);
    }
    let entries = entries(&deployment).await;
    assert_eq!(ends(&entries), [("token-replay", None, None)]);
}

#[tokio::test]
async fn writing_a_sign_in_down_costs_no_round_trip() {
    let deployment = Deployment::new().await;
    deployment.registered("ada@example.test").await;
    let accounts = deployment.accounts();
    let email = Email::normalized("ada@example.test");
    let origin = Origin::default();
    let (signed_in, trips) = measured(accounts.sign_in(&email, PASSWORD, &origin)).await;
    assert!(signed_in.is_ok());
    // The account, and the session with its entry.
    assert_eq!(trips, 2);
    let last = entries(&deployment).await.pop().expect("an entry");
    assert_eq!(last.action, "sign-in");
}

#[tokio::test]
async fn the_refused_are_not_written_down_again_and_again() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    for _ in 0..40 {
        browser.sign_in("ada@example.test", "wrong").await;
    }
    let entries = entries(&deployment).await;
    let failed = entries
        .iter()
        .filter(|entry| entry.action == "sign-in-failed");
    assert_eq!(failed.count(), 20, "the budget stands before the trail");
}
