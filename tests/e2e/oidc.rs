//! The auth provider `oidc`: somebody else's tokens (auth contract, 3.1, 7.1 and 7.5).

use http::Method;
use or3_domain::clock::{Clock, SystemClock};
use or3_testkit::IdentityProvider;
use or3_tests::{Answer, Browser, Server};
use serde_json::{Value, json};

use crate::http_rules::assert_error_form;

/// A server that believes the tokens of `provider`.
async fn server_for(provider: &IdentityProvider, settings: &[(&str, &str)]) -> Server {
    let (issuer, keys) = (provider.issuer(), provider.jwks_url());
    let own = [
        ("AUTH_PROVIDER", "oidc"),
        ("OR3_OIDC_ISSUER", issuer.as_str()),
        ("OR3_OIDC_JWKS_URL", keys.as_str()),
        ("OR3_OIDC_AUDIENCES", "app"),
    ];
    let settings: Vec<_> = own.iter().chain(settings).copied().collect();
    Server::with(&settings).await
}

fn ada() -> Value {
    let now = SystemClock.now().seconds();
    json!({
        "sub": "user_ada", "aud": "app", "iat": now, "exp": now + 60,
        "email": "Ada@example.test", "name": "Ada",
    })
}

async fn ask(browser: &mut Browser, header: (&str, &str)) -> Answer {
    let path = "/api/auth/session";
    browser.send(Method::GET, path, &[header], "").await
}

async fn session(server: &Server, token: &str) -> Value {
    let bearer = format!("Bearer {token}");
    let answer = ask(&mut server.browser(), ("authorization", &bearer)).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.set_cookies().is_empty());
    answer.json()["session"].clone()
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_token_of_the_provider_signs_its_subject_in() {
    let provider = IdentityProvider::start().await;
    let server = server_for(&provider, &[]).await;
    let claims = ada();
    let session = session(&server, &provider.token(claims.clone())).await;
    assert_eq!(session["provider"], "oidc");
    assert_eq!(session["providerUserId"], "user_ada");
    assert_ne!(session["user"]["id"], "user_ada");
    assert_eq!(session["user"]["email"], "ada@example.test");
    assert_eq!(session["user"]["displayName"], "Ada");
    assert_eq!(session["role"], "owner");
    assert_eq!(session["workspace"]["name"], "My Workspace");
    let ends = claims["exp"].as_i64().expect("a moment");
    let ends = or3_domain::clock::Timestamp::from_seconds(ends).to_iso();
    assert_eq!(session["expiresAt"], ends);
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn the_same_subject_is_the_same_person_by_header_and_by_cookie() {
    let provider = IdentityProvider::start().await;
    let server = server_for(&provider, &[]).await;
    let first = session(&server, &provider.token(ada())).await;
    let cookie = format!("__session={}", provider.token(ada()));
    let answer = ask(&mut server.browser(), ("cookie", &cookie)).await;
    assert_eq!(answer.json()["session"]["user"], first["user"]);
    assert_eq!(answer.json()["session"]["workspace"], first["workspace"]);
    let mut bob = ada();
    bob["sub"] = json!("user_bob");
    let bob = session(&server, &provider.token(bob)).await;
    assert_ne!(
        bob["user"]["id"], first["user"]["id"],
        "one address, two people"
    );
    assert_eq!(provider.times_asked(), 1);
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn the_cookie_is_called_as_the_deployment_says() {
    let provider = IdentityProvider::start().await;
    let server = server_for(&provider, &[("OR3_OIDC_COOKIE", "idp")]).await;
    let token = provider.token(ada());
    for (name, known) in [("idp", true), ("__session", false), ("or3_access", false)] {
        let cookie = format!("{name}={token}");
        let answer = ask(&mut server.browser(), ("cookie", &cookie)).await;
        assert_eq!(answer.json()["session"].is_object(), known, "{name}");
    }
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn fifty_first_requests_at_once_make_one_person() {
    let provider = IdentityProvider::start().await;
    let server = server_for(&provider, &[]).await;
    let token = provider.token(ada());
    let arrivals = (0..50).map(|_| session(&server, &token));
    let mut sessions = futures_util::future::join_all(arrivals).await;
    sessions.dedup();
    assert_eq!(sessions.len(), 1);
    assert_eq!(provider.times_asked(), 1);
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_token_opens_the_other_functions_too() {
    let provider = IdentityProvider::start().await;
    let server = server_for(&provider, &[]).await;
    let bearer = format!("Bearer {}", provider.token(ada()));
    let headers = [("authorization", bearer.as_str())];
    let mut browser = server.browser();
    let path = "/api/workspaces";
    let answer = browser.send(Method::GET, path, &headers, "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["workspaces"][0]["name"], "My Workspace");
    assert_eq!(browser.get(path).await.status, 401);
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_token_that_is_not_for_us_is_nobody() {
    let provider = IdentityProvider::start().await;
    let stranger = IdentityProvider::start().await;
    let server = server_for(&provider, &[]).await;
    let with = |member: &str, value: Value| {
        let mut claims = ada();
        claims[member] = value;
        provider.token(claims)
    };
    let whole = provider.token(ada());
    let half = whole.rsplit_once('.').expect("three parts").0;
    for token in [
        with("exp", json!(SystemClock.now().seconds() - 60)),
        with("aud", json!("another app")),
        with("sub", json!("")),
        stranger.token(ada()),
        format!("{half}."),
        format!("{half}.AAAA"),
        "a.b.c".to_owned(),
    ] {
        assert_eq!(session(&server, &token).await, Value::Null, "{token}");
    }
    assert_eq!(stranger.times_asked(), 0);
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn trouble_with_the_provider_is_503_and_never_nobody() {
    let provider = IdentityProvider::start().await;
    let server = server_for(&provider, &[]).await;
    provider.set_away(true);
    let bearer = format!("Bearer {}", provider.token(ada()));
    for path in ["/api/auth/session", "/api/workspaces"] {
        let headers = [("authorization", bearer.as_str())];
        let mut browser = server.browser();
        let answer = browser.send(Method::GET, path, &headers, "").await;
        assert_eq!(answer.status, 503);
        assert_error_form(&answer);
        assert_eq!(
            answer.message(),
            "Identity provider temporarily unavailable"
        );
        assert_eq!(answer.header("retry-after"), "1");
    }
    let anonymous = server.browser().get("/api/auth/session").await;
    assert_eq!(anonymous.status, 200, "nobody needs no provider");
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_key_that_is_a_moment_old_is_not_called_forged() {
    let provider = IdentityProvider::start().await;
    let server = server_for(&provider, &[]).await;
    assert!(session(&server, &provider.token(ada())).await.is_object());
    provider.rotate();
    let bearer = format!("Bearer {}", provider.token(ada()));
    let answer = ask(&mut server.browser(), ("authorization", &bearer)).await;
    assert_eq!(answer.status, 503);
    assert_eq!(provider.times_asked(), 1, "asked a moment ago");
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn passwords_have_no_door_here() {
    let provider = IdentityProvider::start().await;
    let server = server_for(&provider, &[]).await;
    for operation in [
        "sign-in",
        "register",
        "refresh",
        "sign-out",
        "change-password",
    ] {
        let path = format!("/api/basic-auth/{operation}");
        let answer = server.browser().post(&path, &json!({})).await;
        assert_eq!(answer.status, 503, "{operation}");
        assert_error_form(&answer);
        assert_eq!(
            answer.message(),
            "Authentication provider is not configured"
        );
    }
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn an_unknown_subject_needs_an_open_registration() {
    let provider = IdentityProvider::start().await;
    let closed = [("OR3_AUTH_AUTO_PROVISION", "false")];
    let server = server_for(&provider, &closed).await;
    let bearer = format!("Bearer {}", provider.token(ada()));
    let answer = ask(&mut server.browser(), ("authorization", &bearer)).await;
    assert_eq!(answer.status, 403);
    let text = "Registration is currently disabled. Please contact an administrator.";
    assert_eq!(answer.message(), text);
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn members_are_added_by_what_their_session_shows_of_them() {
    let provider = IdentityProvider::start().await;
    let server = server_for(&provider, &[]).await;
    let home = session(&server, &provider.token(ada())).await["workspace"].clone();
    let mut eve = ada();
    eve["sub"] = json!("user_eve");
    let eve = session(&server, &provider.token(eve)).await;
    let mut browser = server.browser();
    let origin = browser.origin().to_owned();
    let bearer = format!("Bearer {}", provider.token(ada()));
    let headers = [
        ("authorization", bearer.as_str()),
        ("origin", origin.as_str()),
        ("x-or3-admin-intent", "admin"),
    ];
    let member = json!({
        "emailOrProviderId": eve["providerUserId"], "provider": eve["provider"], "role": "viewer",
    });
    let path = "/api/admin/workspace/members/upsert";
    let (method, body) = (Method::POST, member.to_string());
    let added = browser.send(method, path, &headers, body).await;
    assert_eq!(added.status, 200, "{}", added.json());
    let path = "/api/admin/workspace";
    let seen = browser.send(Method::GET, path, &headers, "").await;
    let seen = seen.json();
    assert_eq!(seen["workspace"], home);
    let members = seen["members"].as_array().expect("members");
    let mut members = members.iter().map(|member| &member["userId"]);
    assert!(members.any(|id| *id == eve["user"]["id"]), "{seen}");
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_deep_look_names_the_provider() {
    let provider = IdentityProvider::start().await;
    let server = server_for(&provider, &[]).await;
    let answer = server.browser().get("/api/health?deep=true").await;
    assert_eq!(answer.json()["providers"]["auth"]["provider"], "oidc");
}
