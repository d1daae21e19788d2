//! Changes of administration come from a page of the host that was asked, and from no other (auth
//! contract, 10.3): a page that may read answers across origins may not administer.

use std::sync::Arc;

use admin::CLASSIFIED;
use http::Method;
use or3_domain::admin::Classified;
use or3_http::HttpPolicy;
use or3_testkit::Client;
use serde_json::json;

use crate::office::{Office, told};

const APP: &str = "https://app.example.com";

fn changes() -> impl Iterator<Item = &'static Classified> {
    CLASSIFIED.iter().filter(|row| row.method != "GET")
}

/// The super admin's page, without an origin yet.
fn root_under(office: &Office, policy: HttpPolicy) -> Client {
    let mut ports = office.ports.clone();
    ports.policy = Arc::new(policy.clone());
    Client::with_policy(admin::router(ports), policy)
        .as_super_admin("root", &*office.clock)
        .with_header("x-or3-admin-intent", "admin")
}

async fn refusal(client: &Client, row: &Classified) -> (u16, String) {
    let path = row.path.replace("{id}", "nowhere");
    let answer = client.send(Method::POST, &path, "{}").await;
    if answer.status == 403 {
        told(&answer)
    } else {
        (200, "passed".to_owned())
    }
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_administers_nothing() {
    let office = Office::new().await;
    let policy = HttpPolicy {
        allowed_origins: vec![APP.to_owned()],
        ..HttpPolicy::default()
    };
    let root = root_under(&office, policy);
    let mismatch = (403, "Forbidden: Origin mismatch".to_owned());
    let page = format!("{APP}/chat");
    for row in changes() {
        let app = root.with_header("origin", APP);
        assert_eq!(refusal(&app, row).await, mismatch, "{row:?}");
        let referred = root.with_header("referer", &page);
        assert_eq!(refusal(&referred, row).await, mismatch, "{row:?}");
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_scheme_counts_too() {
    let office = Office::new().await;
    let policy = HttpPolicy {
        trust_proxy: true,
        ..HttpPolicy::default()
    };
    let root = root_under(&office, policy).with_header("x-forwarded-host", "or3.test");
    let secure = root.with_header("x-forwarded-proto", "https");
    let mismatch = (403, "Forbidden: Origin mismatch".to_owned());
    let passed = (200, "passed".to_owned());
    for row in changes() {
        let plain = secure.with_header("origin", "http://or3.test");
        assert_eq!(refusal(&plain, row).await, mismatch, "{row:?}");
        let own = secure.with_header("origin", "https://or3.test");
        assert_eq!(refusal(&own, row).await, passed, "{row:?}");
        let unknown = root.with_header("origin", "https://or3.test");
        assert_eq!(refusal(&unknown, row).await, passed, "{row:?}");
    }
}

#[tokio::test]
async fn what_names_no_page_is_told_apart_from_another_page() {
    let office = Office::new().await;
    let root = root_under(&office, HttpPolicy::default());
    let nowhere = root.with_header("host", "another.test");
    for row in changes() {
        for odd in ["null", "not an origin", ""] {
            let text = "Forbidden: Origin validation failed".to_owned();
            let odd = root.with_header("origin", odd);
            assert_eq!(refusal(&odd, row).await, (403, text), "{row:?}");
        }
        // Several hosts are none.
        let lost = nowhere.with_header("origin", "http://or3.test");
        let text = "Forbidden: Host resolution failed".to_owned();
        assert_eq!(refusal(&lost, row).await, (403, text), "{row:?}");
    }
}

#[tokio::test]
async fn pages_of_this_host_administer_whatever_stands_before_a_plain_listener() {
    let office = Office::new().await;
    let root = root_under(&office, HttpPolicy::default());
    for origin in [
        "http://or3.test",
        "https://or3.test",
        "https://OR3.test:443",
    ] {
        let page = root.with_header("origin", origin);
        let path = "/api/admin/auth/logout";
        assert_eq!(page.post(path, &json!({})).await.status, 200, "{origin}");
    }
}
