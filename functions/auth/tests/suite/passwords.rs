//! Changing passwords, old hashes, and the account that exists from the start (auth contract,
//! 3.2.5, 5.6, 6.2 and 6.3; 15: 12, 24, 31, 36).

use or3_domain::auth::password::HashMemory;
use or3_domain::auth::{AuthConfig, Email, NewAccount, Registered, Registration};
use or3_domain::clock::Clock;
use or3_domain::ids::AccountId;
use serde_json::json;

use crate::deployment::{Browser, Deployment, standard};

const OLD: &str = "hunter2hunter2";
const NEW: &str = "correct horse battery";

#[tokio::test]
async fn a_new_password_ends_every_session_and_the_old_password() {
    let deployment = Deployment::new().await;
    let here = deployment.registered("ada@example.test").await;
    let there = deployment.browser();
    there.sign_in("ada@example.test", OLD).await;
    let before = here.copy();
    let answer = here.change_password(OLD, NEW).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (200, json!({"ok": true}))
    );
    for browser in [&here, &there, &before] {
        assert!(!browser.is_signed_in().await);
        assert_eq!(browser.refresh().await.status, 401);
    }
    assert_eq!(there.sign_in("ada@example.test", OLD).await.status, 401);
    assert_eq!(there.sign_in("ada@example.test", NEW).await.status, 200);
}

#[tokio::test]
async fn a_wrong_current_password_changes_nothing() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    let answer = browser.change_password("wrong", NEW).await;
    assert_eq!(
        (answer.status.as_u16(), answer.message().as_str()),
        (401, "Invalid credentials")
    );
    assert_eq!(answer.set_cookies().len(), 0);
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn nobody_changes_a_password_without_a_session() {
    let deployment = Deployment::new().await;
    let browser = deployment.browser();
    let answer = browser.change_password("", "").await;
    assert_eq!(
        (answer.status.as_u16(), answer.message().as_str()),
        (401, "Session expired")
    );
    assert_eq!(answer.set_cookies().len(), 3);
}

#[tokio::test]
async fn a_change_names_what_is_wrong_with_it() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    let mismatch =
        json!({"currentPassword": OLD, "newPassword": NEW, "confirmNewPassword": "another one"});
    for (body, text) in [
        (json!({}), "Invalid request"),
        (
            json!({"currentPassword": OLD, "newPassword": "short"}),
            "Invalid request",
        ),
        (mismatch, "Passwords must match."),
    ] {
        let answer = browser.post("/api/basic-auth/change-password", &body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.message().as_str()),
            (400, text)
        );
    }
}

async fn with_hash(deployment: &Deployment, password_hash: String) {
    let account = NewAccount {
        id: AccountId::new("ada"),
        email: Email::parse("ada@example.test").expect("valid"),
        password_hash,
        display_name: None,
        created_at: deployment.clock.now(),
    };
    let accounts = deployment.state.accounts();
    let registered = accounts.register(&account, None, None).await;
    assert_eq!(registered.expect("stored"), Registered::Created);
}

async fn hash(deployment: &Deployment) -> String {
    let found = deployment
        .state
        .accounts()
        .find(&AccountId::new("ada"))
        .await;
    found.expect("answered").expect("an account").password_hash
}

#[tokio::test]
async fn a_bcrypt_hash_of_an_older_database_signs_in_and_becomes_argon2id() {
    let deployment = Deployment::new().await;
    let bcrypt = bcrypt::hash_with_salt(OLD, 4, [9; 16]).expect("a hash");
    with_hash(
        &deployment,
        bcrypt.format_for_version(bcrypt::Version::TwoB),
    )
    .await;
    let browser = deployment.browser();
    assert_eq!(
        browser.sign_in("ada@example.test", "wrong").await.status,
        401
    );
    assert!(hash(&deployment).await.starts_with("$2b$"));
    assert_eq!(browser.sign_in("ada@example.test", OLD).await.status, 200);
    assert!(hash(&deployment).await.starts_with("$argon2id$"));
    assert_eq!(browser.sign_in("ada@example.test", OLD).await.status, 200);
}

#[tokio::test]
async fn a_hash_that_is_cheaper_than_todays_is_renewed_at_sign_in() {
    let deployment = Deployment::new().await;
    let mut cheaper = standard().hash_cost;
    cheaper.memory_kib = 32;
    let hashed = cheaper.hash(OLD, &[1; 16], &mut HashMemory::default());
    with_hash(&deployment, hashed.expect("a hash")).await;
    deployment.browser().sign_in("ada@example.test", OLD).await;
    let renewed = hash(&deployment).await;
    assert!(renewed.contains("m=64"), "{renewed}");
    deployment.browser().sign_in("ada@example.test", OLD).await;
    assert_eq!(hash(&deployment).await, renewed);
}

#[tokio::test]
async fn the_bootstrap_account_is_made_once_and_never_touched_again() {
    let deployment = Deployment::new().await;
    assert!(deployment.bootstrap(" Root@Example.test ", OLD).await);
    assert!(!deployment.bootstrap("root@example.test", NEW).await);
    let browser = deployment.browser();
    assert_eq!(browser.sign_in("root@example.test", NEW).await.status, 401);
    assert_eq!(browser.sign_in("root@example.test", OLD).await.status, 200);
    let session = browser.session().await.json();
    assert_eq!(
        session["session"]["user"]["displayName"],
        "Root@Example.test"
    );
    assert_eq!(session["session"]["deploymentAdmin"], false);
}

#[tokio::test]
async fn the_bootstrap_account_has_a_first_session_where_nobody_may_register() {
    for registration in [Registration::Disabled, Registration::InviteOnly] {
        let mut config = standard();
        config.registration = registration;
        config.bootstrap_email = Some(Email::normalized("root@example.test"));
        let deployment = Deployment::with(config).await;
        let made = deployment.bootstrap("root@example.test", OLD).await;
        assert!(made);
        let browser = deployment.browser();
        browser.sign_in("root@example.test", OLD).await;
        assert!(browser.is_signed_in().await);
        assert_eq!(
            deployment
                .browser()
                .register("ada@example.test")
                .await
                .status,
            403
        );
    }
}

const COMMON: &str = "This password is too common. Choose another one.";

async fn register(browser: &Browser, name: &str, password: &str) -> (u16, String) {
    let body = json!({
        "email": "ada.lovelace@engine.test", "displayName": name,
        "password": password, "confirmPassword": password,
    });
    let answer = browser.post("/api/basic-auth/register", &body).await;
    (answer.status.as_u16(), answer.message())
}

#[tokio::test]
async fn nobody_chooses_a_password_that_everybody_tries_first() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    let answer = browser.change_password(OLD, "Password123").await;
    let told = (answer.status.as_u16(), answer.message());
    assert_eq!(told, (400, COMMON.to_owned()));
    let told = register(&deployment.browser(), "Ada", "qwertyuiop").await;
    assert_eq!(told, (400, COMMON.to_owned()));
}

#[tokio::test]
async fn nobody_chooses_a_password_made_of_words_around_them() {
    let deployment = Deployment::with(AuthConfig {
        blocked_words: vec!["Acme".to_owned()],
        ..standard()
    })
    .await;
    let browser = deployment.browser();
    for password in ["Acme2026acme", "lovelace1", "byron-2!", "ENGINEacme"] {
        let told = register(&browser, "Byron", password).await;
        assert_eq!(told, (400, COMMON.to_owned()), "{password}");
    }
    let (status, _) = register(&browser, "Byron", "acme makes engines").await;
    assert_eq!(status, 200);
    for password in ["Acme2026acme", "lovelace1", "byron-2!"] {
        let answer = browser
            .change_password("acme makes engines", password)
            .await;
        let told = (answer.status.as_u16(), answer.message());
        assert_eq!(told, (400, COMMON.to_owned()), "{password}");
    }
    assert!(browser.is_signed_in().await, "nothing was changed");
}
