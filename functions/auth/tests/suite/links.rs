//! Invite links: any path, any function (auth contract, 7.6; 15: 119).

use std::sync::Arc;

use http::Method;
use or3_domain::clock::Clock;
use or3_domain::ids::WorkspaceId;
use or3_domain::invite::{InviteClaims, InviteKey};
use or3_http::{HttpPolicy, InviteLinks};
use or3_testkit::{Answer, Client, FixedClock};

use crate::deployment::{Deployment, INVITE_SECRET};

fn token(secret: &str, ends_in: i64) -> String {
    InviteKey::new(secret).sign(&InviteClaims {
        workspace_id: WorkspaceId::new("w"),
        email: "ada@example.test".to_owned(),
        exp: FixedClock::default().now().seconds() + ends_in,
    })
}

fn policy() -> HttpPolicy {
    HttpPolicy {
        trust_proxy: true,
        invite_links: Some(InviteLinks {
            key: InviteKey::new(INVITE_SECRET),
            clock: Arc::new(FixedClock::default()),
        }),
        ..HttpPolicy::default()
    }
}

async fn follow(policy: HttpPolicy, method: Method, scheme: &str, token: &str) -> Answer {
    let deployment = Deployment::new().await;
    let client = Client::with_policy(auth::router(deployment.ports()), policy);
    let client = client.with_header("x-forwarded-proto", scheme);
    let path = format!("/some/page?a=b&invite={token}");
    client.send(method, &path, String::new()).await
}

#[tokio::test]
async fn a_valid_link_is_kept_until_it_ends() {
    let token = token(INVITE_SECRET, 90);
    for (scheme, secure) in [("http", ""), ("https", "; Secure")] {
        let answer = follow(policy(), Method::GET, scheme, &token).await;
        let line =
            format!("or3_invite_token={token}; Max-Age=90; Path=/; HttpOnly{secure}; SameSite=Lax");
        assert_eq!(answer.set_cookies(), [line]);
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn forged_and_overdue_links_and_other_methods_keep_nothing() {
    let good = token(INVITE_SECRET, 90);
    for (method, token) in [
        (Method::GET, token("another secret", 90)),
        (Method::GET, token(INVITE_SECRET, 0)),
        (Method::GET, String::new()),
        (Method::POST, good.clone()),
    ] {
        let answer = follow(policy(), method, "http", &token).await;
        assert_eq!(answer.set_cookies(), [] as [&str; 0], "{token}");
    }
    let open = HttpPolicy::default();
    let answer = follow(open, Method::GET, "http", &good).await;
    assert_eq!(answer.set_cookies(), [] as [&str; 0]);
}
