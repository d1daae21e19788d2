//! Tokens of an identity provider that are meant for somebody else.

use or3_domain::clock::{Clock, SystemClock};
use or3_testkit::IdentityProvider;
use or3_tests::{FUNCTIONS, Server};
use serde_json::json;

/// Every route that asks who calls answers a token for another audience as it answers nobody.
#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_token_for_another_audience_opens_no_route() {
    let provider = IdentityProvider::start().await;
    let (issuer, keys) = (provider.issuer(), provider.jwks_url());
    let settings = [
        ("AUTH_PROVIDER", "oidc"),
        ("OR3_OIDC_ISSUER", issuer.as_str()),
        ("OR3_OIDC_JWKS_URL", keys.as_str()),
        ("OR3_OIDC_AUDIENCES", "app"),
        ("DISABLE_RATE_LIMIT", "1"),
    ];
    let server = Server::with(&settings).await;
    let now = SystemClock.now().seconds();
    let token = |audience| {
        let claims = json!({"sub": "ada", "aud": audience, "iat": now, "exp": now + 60});
        format!("Bearer {}", provider.token(claims))
    };
    let (ours, others) = (token("app"), token("another app"));
    let mut opened = 0;
    for (method, path) in FUNCTIONS.iter().flat_map(|function| function.routes) {
        let path = path.replace("{id}", "somewhere");
        let mut statuses = Vec::new();
        for bearer in [None, Some(&others), Some(&ours)] {
            let mut headers = vec![("content-type", "application/json")];
            headers.extend(bearer.map(|bearer| ("authorization", bearer.as_str())));
            let method = method.parse().expect("a method");
            let answer = server.browser().send(method, &path, &headers, "").await;
            statuses.push(answer.status.as_u16());
        }
        let [nobody, foreign, known] = statuses[..] else {
            unreachable!("three were asked");
        };
        assert_eq!(foreign, nobody, "{method} {path}");
        opened += u32::from(known != nobody);
    }
    assert!(
        opened >= 10,
        "the right audience is somebody: {opened} routes"
    );
}
