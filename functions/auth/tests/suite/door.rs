//! Origins, proxies and budgets at the door (auth contract, 6.4 to 6.6; 15: 26, 69).

use std::time::Duration;

use futures_util::future::join_all;
use or3_domain::limits::Policies;
use or3_http::{ForwardedFor, HttpPolicy};

use crate::deployment::Deployment;

const PASSWORD: &str = "hunter2hunter2";

#[tokio::test]
async fn a_page_of_another_site_is_refused_before_it_counts() {
    let deployment = Deployment::new().await;
    deployment.registered("ada@example.test").await;
    for origin in ["https://evil.example", "null", "http://or3.test:81"] {
        let browser = deployment.browser().with_header("origin", origin);
        let answer = browser.sign_in("ada@example.test", PASSWORD).await;
        assert_eq!(
            (answer.status.as_u16(), answer.message().as_str()),
            (403, "Forbidden")
        );
        assert_eq!(answer.header("x-ratelimit-limit"), "");
    }
    let referred = deployment
        .browser()
        .with_header("referer", "https://evil.example/x");
    assert_eq!(
        referred.sign_in("ada@example.test", PASSWORD).await.status,
        403
    );
    for origin in ["http://or3.test", "https://OR3.test"] {
        let browser = deployment.browser().with_header("origin", origin);
        assert_eq!(
            browser.sign_in("ada@example.test", PASSWORD).await.status,
            200
        );
    }
}

#[tokio::test]
async fn the_twenty_first_sign_in_of_a_minute_is_refused_with_the_contracts_headers() {
    let deployment = Deployment::new().await;
    let browser = deployment.browser();
    for used in 1..=20 {
        let answer = browser.sign_in("a@b", "x").await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.header("x-ratelimit-limit"), "20");
        assert_eq!(
            answer.header("x-ratelimit-remaining"),
            (20 - used).to_string()
        );
    }
    let answer = browser.sign_in("a@b", "x").await;
    assert_eq!(
        (answer.status.as_u16(), answer.message().as_str()),
        (429, "Too many requests")
    );
    assert_eq!(answer.header("retry-after"), "60");
    assert_eq!(answer.header("x-ratelimit-limit"), "20");
    assert_eq!(answer.header("x-ratelimit-remaining"), "0");
    assert_eq!(answer.header("cache-control"), "no-store");
    let other_process = deployment.process();
    assert_eq!(
        other_process.browser().sign_in("a@b", "x").await.status,
        429
    );
    assert_eq!(
        browser.refresh().await.status,
        401,
        "operations have budgets of their own"
    );
    deployment.clock.advance(Duration::from_mins(1));
    assert_eq!(browser.sign_in("a@b", "x").await.status, 400);
}

#[tokio::test]
async fn the_switch_that_turns_limits_off_does_not_reach_passwords() {
    let deployment = Deployment::new().await.limited(Policies::disabled());
    let browser = deployment.browser();
    for _ in 0..10 {
        browser.register("no address").await;
    }
    assert_eq!(browser.register("no address").await.status, 429);
    let answer = browser.session().await;
    assert_eq!(answer.header("x-ratelimit-limit"), "60");
    assert_eq!(answer.header("x-ratelimit-remaining"), "Infinity");
}

#[tokio::test]
async fn sessions_asked_together_do_not_exceed_the_budget() {
    let limits = Policies::standard().with("auth:session", Some(2), None);
    let deployment = Deployment::new().await.limited(limits);
    let browser = deployment.browser();
    let answers = join_all((0..3).map(|_| browser.session())).await;
    let mut statuses: Vec<_> = answers.iter().map(|a| a.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 429]);
    let refused = answers.iter().find(|a| a.status == 429).expect("one");
    assert_eq!(refused.message(), "Rate limit exceeded. Retry after 60s");
    assert_eq!(refused.header("retry-after"), "60");
    assert_eq!(refused.header("x-ratelimit-remaining"), "0");
    deployment.clock.advance(Duration::from_mins(1));
    assert_eq!(browser.session().await.status, 200);
}

#[tokio::test]
async fn a_signed_in_person_does_not_share_the_budget_of_the_address() {
    let limits = Policies::standard().with("auth:session", Some(1), None);
    let deployment = Deployment::new().await.limited(limits);
    let ada = deployment.registered("ada@example.test").await;
    assert_eq!(deployment.browser().session().await.status, 200);
    assert_eq!(deployment.browser().session().await.status, 429);
    assert_eq!(ada.session().await.status, 200);
    assert_eq!(ada.session().await.status, 429);
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_named_client_is_counted() {
    let deployment = Deployment::new().await;
    let policy = HttpPolicy {
        trust_proxy: true,
        forwarded_for: ForwardedFor::XRealIp,
        ..HttpPolicy::default()
    };
    let browser = deployment.browser_under(policy);
    let from = |ip: &str| browser.with_header("x-real-ip", ip);
    for _ in 0..20 {
        assert_eq!(from("203.0.113.5").sign_in("a@b", "x").await.status, 400);
    }
    assert_eq!(from("203.0.113.5").sign_in("a@b", "x").await.status, 429);
    assert_eq!(from("203.0.113.6").sign_in("a@b", "x").await.status, 400);
    assert_eq!(from("nonsense").sign_in("a@b", "x").await.status, 400);
}

#[tokio::test]
async fn behind_a_trusted_proxy_an_origin_needs_the_forwarded_host() {
    let deployment = Deployment::new().await;
    let policy = HttpPolicy {
        trust_proxy: true,
        ..HttpPolicy::default()
    };
    let page = deployment
        .browser_under(policy)
        .with_header("origin", "http://or3.test");
    assert_eq!(page.sign_in("a@b", "x").await.status, 403);
    let forwarded = page.with_header("x-forwarded-host", "or3.test");
    assert_eq!(forwarded.sign_in("a@b", "x").await.status, 400);
}
