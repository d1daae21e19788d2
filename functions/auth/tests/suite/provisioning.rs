//! First sessions of identities that are not wanted, and what failures look like (auth contract,
//! 7.4 and 7.5; 15: 71, 72, 128).

use or3_domain::auth::{AuthConfig, ProvisioningFailure, Registration};

use crate::deployment::{Deployment, standard};

const PASSWORD: &str = "hunter2hunter2";
const DISABLED: &str = "Registration is currently disabled. Please contact an administrator.";

fn config(registration: Registration, failure: ProvisioningFailure) -> AuthConfig {
    AuthConfig {
        registration,
        provisioning_failure: failure,
        ..standard()
    }
}

/// A deployment with an account that has never had a session.
async fn with_account(config: AuthConfig) -> Deployment {
    let deployment = Deployment::with(config).await;
    let made = deployment
        .accounts()
        .bootstrap("ada@example.test", PASSWORD)
        .await;
    assert!(made.expect("made"));
    deployment
}

#[tokio::test]
async fn nobody_registers_where_registration_is_disabled() {
    let disabled = config(Registration::Disabled, ProvisioningFailure::Throw);
    let answer = Deployment::with(disabled)
        .await
        .browser()
        .register("ada@example.test")
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.message().as_str()),
        (403, DISABLED)
    );
    assert_eq!(answer.set_cookies().len(), 3);
}

#[tokio::test]
async fn an_unknown_identity_is_refused_in_the_way_that_the_deployment_chose() {
    for (failure, status, text) in [
        (ProvisioningFailure::Throw, 403, DISABLED),
        (ProvisioningFailure::Unauthenticated, 200, ""),
        (
            ProvisioningFailure::ServiceUnavailable,
            503,
            "Service Unavailable",
        ),
    ] {
        let deployment = with_account(config(Registration::Disabled, failure)).await;
        let browser = deployment.browser();
        assert_eq!(
            browser.sign_in("ada@example.test", PASSWORD).await.status,
            200
        );
        let answer = browser.session().await;
        assert_eq!(
            (answer.status.as_u16(), answer.message().as_str()),
            (status, text)
        );
        assert!(answer.json()["session"].is_null());
    }
}

#[tokio::test]
async fn people_who_are_known_go_on_where_registration_is_disabled() {
    let deployment = with_account(standard()).await;
    let browser = deployment.browser();
    browser.sign_in("ada@example.test", PASSWORD).await;
    assert!(browser.is_signed_in().await);
    let closed = deployment.closed();
    let again = closed.browser();
    again.sign_in("ada@example.test", PASSWORD).await;
    assert!(again.is_signed_in().await);
}

#[tokio::test]
async fn a_store_that_is_away_is_never_nobody() {
    let deployment = with_account(config(
        Registration::Open,
        ProvisioningFailure::Unauthenticated,
    ))
    .await;
    let browser = deployment.browser();
    browser.sign_in("ada@example.test", PASSWORD).await;
    let broken = deployment.without_tables();
    let answer = broken
        .browser()
        .with_cookie("or3_access", &browser.cookie("or3_access"))
        .session()
        .await;
    assert!(answer.status.is_server_error(), "{}", answer.status);
    assert!(answer.json().get("session").is_none());
}
