//! What holds for every path alike (auth contract, 1.2, 1.4 and 12.1).

use http::Method;
use or3_tests::{Answer, FUNCTIONS, PROTECTION, Server};

/// Every error has this form, whatever the endpoint.
pub(crate) fn assert_error_form(answer: &Answer) {
    let body = answer.json();
    assert_eq!(body["error"], true, "{body}");
    assert_eq!(body["statusCode"], answer.status.as_u16());
    assert!(
        body["url"]
            .as_str()
            .is_some_and(|url| url.starts_with("http"))
    );
    assert!(body["statusMessage"].is_string());
    assert_eq!(body["message"], body["statusMessage"]);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_protected(answer);
    assert!(!answer.header("cache-control").is_empty());
}

/// Browsers are told what they must not do with an answer.
fn assert_protected(answer: &Answer) {
    for (name, value) in PROTECTION {
        assert_eq!(answer.header(name), value, "{name}");
    }
    assert!(!answer.header("x-request-id").is_empty());
}

/// Answers, errors included, that no cache may keep (sync contract, 3.5).
pub(crate) fn assert_never_kept(answer: &Answer) {
    let never = "no-store, no-cache, must-revalidate";
    assert_eq!(answer.header("cache-control"), never);
    assert_eq!(answer.header("pragma"), "no-cache");
}

#[tokio::test]
async fn an_unknown_route_is_404_and_names_the_path() {
    let server = Server::start().await;
    let answer = server.browser().get("/api/does-not-exist").await;
    assert_eq!(answer.status, 404);
    assert_error_form(&answer);
    assert_eq!(answer.message(), "Page not found: /api/does-not-exist");
    assert_eq!(answer.json()["data"]["path"], "/api/does-not-exist");
}

#[tokio::test]
async fn a_wrong_method_is_405_on_every_route() {
    let server = Server::start().await;
    let mut browser = server.browser();
    for (_, path) in FUNCTIONS.iter().flat_map(|function| function.routes) {
        let answer = browser.send(Method::TRACE, path, &[], "").await;
        assert_eq!(answer.status, 405, "{path}");
        assert_error_form(&answer);
        let versioned = path.replacen("/api/", "/api/v1/", 1);
        let answer = browser.send(Method::TRACE, &versioned, &[], "").await;
        assert_eq!(answer.status, 405, "{versioned}");
    }
}

#[tokio::test]
async fn every_answer_carries_a_request_id_and_keeps_a_sane_one() {
    let server = Server::start().await;
    let mut browser = server.browser();
    for path in ["/api/health", "/api/does-not-exist"] {
        assert_eq!(browser.get(path).await.header("x-request-id").len(), 36);
        let named = [("x-request-id", "a-name-of-mine")];
        let answer = browser.send(Method::GET, path, &named, "").await;
        assert_eq!(answer.header("x-request-id"), "a-name-of-mine");
        let odd = [("x-request-id", "<script>alert(1)</script>")];
        let answer = browser.send(Method::GET, path, &odd, "").await;
        assert_eq!(answer.header("x-request-id").len(), 36);
    }
}

#[tokio::test]
async fn without_a_list_of_origins_anybody_may_read_but_not_with_cookies() {
    let server = Server::start().await;
    let headers = [("origin", "https://app.example.test")];
    let mut browser = server.browser();
    let answer = browser.send(Method::GET, "/api/health", &headers, "").await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("vary"), "Origin");
    assert_eq!(answer.header("access-control-allow-credentials"), "");
}

#[tokio::test]
async fn a_preflight_allows_what_the_page_asks_for() {
    let server = Server::start().await;
    let headers = [
        ("origin", "https://app.example.test"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    let mut browser = server.browser();
    let answer = browser
        .send(Method::OPTIONS, "/api/health", &headers, "")
        .await;
    assert_eq!(answer.status, 204);
    assert_eq!(
        answer.header("access-control-allow-headers"),
        "content-type"
    );
    assert_eq!(answer.header("access-control-max-age"), "3600");
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_listed_origin_may_read_with_cookies_and_others_may_not() {
    let listed = "https://app.example.test";
    let server = Server::with(&[("OR3_ALLOWED_ORIGINS", listed)]).await;
    let mut browser = server.browser();
    let headers = [("origin", listed)];
    let answer = browser.send(Method::GET, "/api/health", &headers, "").await;
    assert_eq!(answer.header("access-control-allow-origin"), listed);
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    let headers = [("origin", "https://evil.example.test")];
    let answer = browser.send(Method::GET, "/api/health", &headers, "").await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

/// Every answer to callers of every kind is looked at in `tests/matrix`; here is the rest.
#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn preflights_and_redirects_are_protected_too() {
    let settings = [("OR3_FORCE_HTTPS", "true"), ("OR3_TRUST_PROXY", "true")];
    let server = Server::with(&settings).await;
    let mut browser = server.browser();
    let paths = FUNCTIONS.iter().flat_map(|function| function.routes);
    let paths = paths.map(|(_, path)| *path);
    for path in paths.chain(["/", "/api/does-not-exist", "/api/v1/does-not-exist"]) {
        let secure = [
            ("origin", "https://app.example.test"),
            ("x-forwarded-host", "or3.test"),
            ("x-forwarded-proto", "https"),
        ];
        let answer = browser.send(Method::OPTIONS, path, &secure, "").await;
        assert_eq!(answer.status, 204, "{path}");
        assert_protected(&answer);
        let https_only = "strict-transport-security";
        assert_eq!(answer.header(https_only), "max-age=31536000");
        let plain = [("x-forwarded-host", "or3.test")];
        let answer = browser.send(Method::GET, path, &plain, "").await;
        assert_eq!(answer.status, 301, "{path}");
        assert_eq!(answer.header("location"), format!("https://or3.test{path}"));
        assert_protected(&answer);
        // Whoever answers by plain HTTP may be anybody (RFC 6797, 7.2).
        assert_eq!(answer.header(https_only), "");
    }
}

/// CORS comes before HTTPS (auth contract, 12): browsers follow no redirect of a preflight.
#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_preflight_by_plain_http_is_answered_where_https_is_forced() {
    let listed = "https://app.example.test";
    let settings = [
        ("OR3_FORCE_HTTPS", "true"),
        ("OR3_TRUST_PROXY", "true"),
        ("OR3_ALLOWED_ORIGINS", listed),
    ];
    let server = Server::with(&settings).await;
    let mut browser = server.browser();
    for (method, origin, status) in [
        (Method::OPTIONS, listed, 204),
        (Method::OPTIONS, "https://evil.example.test", 301),
        (Method::POST, listed, 301),
    ] {
        let plain = [("origin", origin), ("x-forwarded-host", "or3.test")];
        let answer = browser.send(method, "/api/sync/push", &plain, "").await;
        assert_eq!(answer.status, status, "{origin}");
        let allowed = if origin == listed { listed } else { "" };
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
    }
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_preflight_is_remembered_as_long_as_the_deployment_says() {
    let server = Server::with(&[("OR3_CORS_MAX_AGE_SECONDS", "7")]).await;
    let headers = [("origin", "https://app.example.test")];
    let mut browser = server.browser();
    let answer = browser.send(Method::OPTIONS, "/api/sync/push", &headers, "");
    assert_eq!(answer.await.header("access-control-max-age"), "7");
}

#[tokio::test]
async fn version_1_of_every_route_is_the_route() {
    let server = Server::start().await;
    let mut browser = server.browser();
    for (method, path) in FUNCTIONS.iter().flat_map(|function| function.routes) {
        // The braces of a parameter are no characters of an address.
        let path = &path.replace(['{', '}'], "");
        let versioned = path.replacen("/api/", "/api/v1/", 1);
        let method: Method = method.parse().expect("a method");
        let bare = browser.send(method.clone(), path, &[], "").await;
        let answer = browser.send(method, &versioned, &[], "").await;
        assert_eq!(answer.status, bare.status, "{versioned}");
        if answer.status.as_u16() >= 400 && !answer.body.is_empty() {
            assert_eq!(answer.message(), bare.message(), "{versioned}");
            // Before a function stands a gateway, and the way to that is HTTPS.
            let answer = answer.json();
            let named = answer["url"].as_str().and_then(|url| url.split_once(':'));
            let asked = format!("{}{versioned}", server.browser().origin());
            assert_eq!(
                named.map(|(_scheme, rest)| rest),
                asked.split_once(':').map(|(_scheme, rest)| rest)
            );
        }
    }
    let unknown = browser.get("/api/v1/does-not-exist").await;
    assert_eq!(unknown.message(), "Page not found: /api/v1/does-not-exist");
}

#[tokio::test]
async fn addresses_and_heads_without_measure_are_refused_in_form() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let long = format!("/api/health?{}", "q".repeat(9_000));
    let answer = browser.get(&long).await;
    assert_eq!(answer.status, 414);
    assert_error_form(&answer);
    let value = "v".repeat(33_000);
    let headers = [("x-large", value.as_str())];
    let answer = browser.send(Method::GET, "/api/health", &headers, "").await;
    assert_eq!(answer.status, 431);
    assert_error_form(&answer);
}
