//! First sessions of identities that are not wanted, and what failures look like (auth contract,
//! 7.4 and 7.5; 15: 71, 72, 128).

use std::time::Duration;

use or3_domain::auth::{AuthConfig, Credentials, Origin, ProvisioningFailure, Registration};
use or3_domain::meter::measured;
use or3_testkit::{says, told};

use crate::deployment::{Deployment, standard};

const PASSWORD: &str = "hunter2hunter2";
const PAST_GRACE: Duration = Duration::from_secs(31);
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
    let made = deployment.bootstrap("ada@example.test", PASSWORD).await;
    assert!(made);
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

/// A renewal uses the refresh token up: whoever never hears of the new pair is a thief half a minute
/// later, with every device of theirs.
#[tokio::test]
async fn a_refusal_after_a_renewal_carries_the_new_cookies() {
    let deployment = Deployment::new().await;
    let ada = deployment.registered("ada@example.test").await;
    let closed = deployment.closed().browser();
    let browser = closed.with_cookie("or3_refresh", &ada.cookie("or3_refresh"));
    for cookies in [3, 0] {
        let answer = browser.session().await;
        assert_eq!(told(&answer), says(403, DISABLED));
        assert_eq!(answer.set_cookies().len(), cookies);
        deployment.clock.advance(PAST_GRACE);
    }
}

#[tokio::test]
async fn a_fault_after_a_renewal_carries_the_new_cookies() {
    let deployment = Deployment::new().await;
    let ada = deployment.registered("ada@example.test").await;
    let broken = deployment.without_tables();
    let browser = deployment.browser_over(broken.state.sessions());
    let browser = browser.with_cookie("or3_refresh", &ada.cookie("or3_refresh"));
    let answer = browser.session().await;
    assert!(answer.status.is_server_error(), "{}", answer.status);
    assert_eq!(answer.set_cookies().len(), 3);
    deployment.clock.advance(PAST_GRACE);
    let later = deployment.browser();
    let later = later.with_cookie("or3_refresh", &browser.cookie("or3_refresh"));
    assert!(later.is_signed_in().await);
}

#[tokio::test]
async fn a_session_costs_one_round_trip_and_its_renewal_one_more() {
    let deployment = Deployment::new().await;
    let browser = deployment.registered("ada@example.test").await;
    assert!(browser.is_signed_in().await);
    let resolver = deployment.ports().sessions.resolver;
    let (origin, cookie) = (Origin::default(), |name| Some(browser.cookie(name)));
    let with_access = Credentials {
        access: cookie("or3_access"),
        ..Credentials::default()
    };
    let (known, trips) = measured(resolver.resolve(&with_access, &origin)).await;
    assert!(known.expect("resolved").session.is_some());
    assert_eq!(trips, 1);
    let with_refresh = Credentials {
        refresh: cookie("or3_refresh"),
        ..Credentials::default()
    };
    let (renewed, trips) = measured(resolver.resolve(&with_refresh, &origin)).await;
    assert!(renewed.expect("resolved").renewed.is_some());
    assert_eq!(trips, 2);
    let garbage = Credentials {
        access: Some("garbage".to_owned()),
        refresh: Some("garbage".to_owned()),
        invite: None,
    };
    let (nobody, trips) = measured(resolver.resolve(&garbage, &origin)).await;
    assert!(nobody.expect("resolved").session.is_none());
    assert_eq!(trips, 0);
}
