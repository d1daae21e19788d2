//! Signing the super admin in and out, and their password (auth contract, 3.5, 10.4 to 10.6; 15:
//! 105 to 109).

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use or3_domain::admin::AdminCredential;
use or3_domain::auth::PasswordHashing;
use or3_domain::auth::password::HashCost;
use or3_domain::clock::Clock;
use or3_domain::ids::SystemIds;
use or3_http::{AdminCookie, HttpPolicy};
use or3_testkit::{Answer, Client};
use serde_json::{Value, json};

use crate::office::{Office, ROOT, ROOTS_PASSWORD, told};

const LOGIN: &str = "/api/admin/auth/login";
const CHANGE: &str = "/api/admin/auth/change-password";
const SESSION: &str = "/api/admin/auth/session";
const NEW: &str = "Another Horse 2";

async fn log_in(client: &Client, username: &str, password: &str) -> Answer {
    let body = json!({"username": username, "password": password});
    client.post(LOGIN, &body).await
}

fn token(answer: &Answer) -> String {
    let cookies = answer.set_cookies();
    let value = cookies[0].strip_prefix("or3_admin=").expect("the cookie");
    value.split(';').next().expect("a value").to_owned()
}

/// Everything that tells two answers apart.
fn shape(answer: &Answer) -> (StatusCode, Value, Vec<String>) {
    let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
    names.sort();
    (answer.status, answer.json(), names)
}

#[tokio::test]
async fn the_right_name_and_password_open_a_session() {
    let office = Office::new().await;
    let client = office.stranger();
    let answer = log_in(&client, ROOT, ROOTS_PASSWORD).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (200, json!({"success": true, "username": "root"}))
    );
    let line = answer.set_cookies()[0].to_owned();
    assert!(
        line.ends_with("; Max-Age=3600; Path=/; HttpOnly; SameSite=Strict"),
        "{line}"
    );
    let root = client.with_cookie(AdminCookie::NAME, &token(&answer));
    let who = root.get(SESSION).await;
    assert_eq!(
        who.json(),
        json!({"authenticated": true, "kind": "super_admin"})
    );
    office.clock.advance(Duration::from_hours(1));
    assert_eq!(root.get(SESSION).await.status, 401);
}

#[tokio::test]
async fn the_cookie_is_secure_where_https_is_forced() {
    let office = Office::new().await;
    let policy = HttpPolicy {
        force_https: true,
        ..HttpPolicy::default()
    };
    let mut ports = office.ports.clone();
    ports.policy = policy.into();
    let client = Client::new(admin::router(ports));
    let answer = log_in(&client, ROOT, ROOTS_PASSWORD).await;
    let line = answer.set_cookies()[0].to_owned();
    assert!(
        line.ends_with("; HttpOnly; Secure; SameSite=Strict"),
        "{line}"
    );
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_are_told_alike() {
    let office = Office::new().await;
    let client = office.stranger();
    let wrong = [
        log_in(&client, ROOT, "wrong").await,
        log_in(&client, "Root", ROOTS_PASSWORD).await,
        log_in(&client, "nobody", "wrong").await,
        log_in(&client, &"x".repeat(1000), "wrong").await,
    ];
    for answer in &wrong {
        assert_eq!(told(answer), (401, "Invalid credentials".to_owned()));
        assert_eq!(shape(answer), shape(&wrong[0]));
        assert!(answer.set_cookies().is_empty());
    }
}

#[tokio::test]
async fn what_is_missing_is_said_before_anything_is_counted() {
    let office = Office::new().await;
    let client = office.stranger();
    for body in [
        json!({}),
        json!({"username": "root"}),
        json!({"username": "", "password": "x"}),
        json!({"username": 1, "password": "x"}),
        json!([]),
        json!(null),
    ] {
        for _ in 0..6 {
            let answer = client.post(LOGIN, &body).await;
            let text = "Username and password are required".to_owned();
            assert_eq!(told(&answer), (400, text), "{body}");
        }
    }
}

#[tokio::test]
async fn five_failures_of_a_name_are_the_end_for_a_quarter_of_an_hour() {
    let office = Office::new().await;
    let client = office.stranger();
    for _ in 0..4 {
        assert_eq!(log_in(&client, ROOT, "wrong").await.status, 401);
    }
    let right = log_in(&client, ROOT, ROOTS_PASSWORD).await;
    assert_eq!(right.status, 200, "a success ends the count");
    office.clock.advance(Duration::from_mins(1));
    for _ in 0..5 {
        assert_eq!(log_in(&client, ROOT, "wrong").await.status, 401);
    }
    let text = "Too many login attempts. Please try again later.".to_owned();
    for password in ["wrong", ROOTS_PASSWORD] {
        let refused = log_in(&client, ROOT, password).await;
        assert_eq!(told(&refused), (429, text.clone()));
    }
    assert_eq!(
        log_in(&client, "other", "wrong").await.status,
        401,
        "another name has a budget of its own"
    );
    office.clock.advance(Duration::from_mins(14));
    assert_eq!(log_in(&client, ROOT, ROOTS_PASSWORD).await.status, 429);
    office.clock.advance(Duration::from_mins(1));
    assert_eq!(log_in(&client, ROOT, ROOTS_PASSWORD).await.status, 200);
}

#[tokio::test]
async fn an_address_cannot_try_names_without_end() {
    let office = Office::new().await;
    let client = office.stranger();
    for number in 0..20 {
        let name = format!("name {number}");
        assert_eq!(log_in(&client, &name, "wrong").await.status, 401);
    }
    assert_eq!(log_in(&client, ROOT, ROOTS_PASSWORD).await.status, 429);
}

#[tokio::test]
async fn foreign_pages_do_not_sign_in_or_out() {
    let office = Office::new().await;
    let foreign = office
        .stranger()
        .with_header("origin", "https://evil.example");
    assert_eq!(log_in(&foreign, ROOT, ROOTS_PASSWORD).await.status, 403);
    let out = foreign.post("/api/admin/auth/logout", &json!({})).await;
    assert_eq!((out.status.as_u16(), out.set_cookies().len()), (403, 0));
}

#[tokio::test]
async fn signing_out_takes_the_cookie_back_on_both_paths() {
    let office = Office::new().await;
    let answer = office
        .stranger()
        .post("/api/admin/auth/logout", &json!({}))
        .await;
    assert_eq!(answer.json(), json!({"success": true}));
    assert_eq!(
        answer.set_cookies(),
        [
            "or3_admin=; Max-Age=0; Path=/",
            "or3_admin=; Max-Age=0; Path=/admin"
        ]
    );
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it_and_the_named_one_counts_no_more() {
    let office = Office::new().await;
    let client = office.stranger();
    let signed_in = log_in(&client, ROOT, ROOTS_PASSWORD).await;
    let root = client.with_cookie(AdminCookie::NAME, &token(&signed_in));
    let change = |current: &str, new: &str| json!({"currentPassword": current, "newPassword": new});
    for (body, status, text) in [
        (
            json!({}),
            400,
            "Current password and new password are required",
        ),
        (change("wrong", NEW), 401, "Current password is incorrect"),
        (
            change(ROOTS_PASSWORD, "short1"),
            400,
            "Password does not meet requirements: Password must be at least 12 characters long, \
             Password must contain at least one uppercase letter",
        ),
    ] {
        let answer = root.post(CHANGE, &body).await;
        assert_eq!(told(&answer), (status, text.to_owned()));
    }
    let stranger = client.post(CHANGE, &change(ROOTS_PASSWORD, NEW)).await;
    assert_eq!(stranger.status, 401);
    let changed = root.post(CHANGE, &change(ROOTS_PASSWORD, NEW)).await;
    assert_eq!(changed.json(), json!({"success": true}));
    assert_eq!(root.get(SESSION).await.status, 200, "tokens stay valid");
    assert_eq!(log_in(&client, ROOT, ROOTS_PASSWORD).await.status, 401);
    assert_eq!(log_in(&client, ROOT, NEW).await.status, 200);
}

#[tokio::test]
async fn before_the_first_sign_in_there_is_no_password_to_change() {
    let office = Office::new().await;
    let body = json!({"currentPassword": ROOTS_PASSWORD, "newPassword": NEW});
    let answer = office.root().post(CHANGE, &body).await;
    assert_eq!(
        told(&answer),
        (500, "Admin credentials not found".to_owned())
    );
}

#[tokio::test]
async fn an_outdated_hash_is_renewed_at_the_next_sign_in() {
    let office = Office::new().await;
    let store = office.state.admin_credentials();
    let cheap = HashCost {
        memory_kib: 8,
        passes: 1,
    };
    let cheap = PasswordHashing::new(cheap, 1, Arc::new(SystemIds));
    let cheap = cheap.hash(ROOTS_PASSWORD).await.expect("a hash");
    let older = AdminCredential {
        username: "imported".to_owned(),
        password_hash: cheap.clone(),
    };
    store.keep(&older, office.clock.now()).await.expect("kept");
    let client = office.stranger();
    for _ in 0..2 {
        let answer = log_in(&client, "imported", ROOTS_PASSWORD).await;
        assert_eq!(answer.status, 200);
    }
    let kept = store.load().await.expect("answered").expect("one");
    assert_ne!(kept.password_hash, cheap);
}
