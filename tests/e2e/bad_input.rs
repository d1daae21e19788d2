//! Whatever comes in, the answer is the contract's error and never a fault of ours (auth
//! contract, 1.2 and 1.3).

use http::Method;
use or3_tests::{Answer, Browser, FUNCTIONS, Newcomer, Server};

use crate::http_rules::assert_error_form;

/// Bodies that no endpoint can use: no JSON, JSON of another shape, hostile JSON.
fn bodies() -> Vec<String> {
    let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    let fixed = [
        "{",
        "nonsense",
        "null",
        "7",
        "\"text\"",
        "[]",
        "[{}]",
        "{}",
        "{\"name\":7}",
        "{\"email\":[],\"password\":{}}",
        "{\"scope\":null,\"ops\":{}}",
        "{\"workspace_id\":1,\"hash\":2,\"mime_type\":3,\"size_bytes\":\"4\"}",
        "{\"name\":\"\\ud83d\"}",
        "\u{feff}{}",
        "{\"a\":1,\"a\":2}",
        "{\"size_bytes\":1e999}",
    ];
    fixed.into_iter().map(str::to_owned).chain([deep]).collect()
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn bodies_of_any_shape_never_cause_a_fault() {
    let server = Server::with(&[("DISABLE_RATE_LIMIT", "1")]).await;
    let ada = Newcomer::of(&server).await;
    let mut devices = [server.browser(), ada.browser.clone()];
    for (method, path) in bodied_routes() {
        for body in bodies() {
            for browser in &mut devices {
                let answer = browser.json(method.clone(), &path, body.clone()).await;
                assert_no_fault(&answer, &path, &body);
            }
        }
        // A password endpoint that signed the browser out must not spare the next one.
        devices[1] = ada.browser.clone();
    }
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_body_over_the_limit_is_413_or_refused_for_another_reason() {
    let server = Server::with(&[("DISABLE_RATE_LIMIT", "1")]).await;
    let ada = Newcomer::of(&server).await;
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(12 << 20));
    for (method, path) in bodied_routes() {
        let mut browser = ada.browser.clone();
        let answer = browser.json(method, &path, large.clone()).await;
        assert_no_fault(&answer, &path, "12 MiB");
    }
}

/// Every route that takes a body, with something in the place of parameters.
fn bodied_routes() -> Vec<(Method, String)> {
    let routes = FUNCTIONS.iter().flat_map(|function| function.routes);
    routes
        .filter(|(method, _)| !["GET", "HEAD"].contains(method))
        .map(|(method, path)| {
            let path = path.replace("{id}", "no-such-id");
            (method.parse().expect("a method"), path)
        })
        .collect()
}

fn assert_no_fault(answer: &Answer, path: &str, body: &str) {
    let status = answer.status.as_u16();
    let shown: String = body.chars().take(60).collect();
    assert!(status < 500, "{path} answers {status} to {shown}");
    if status >= 400 {
        assert_error_form(answer);
    }
}

/// Bytes in the place of an id that are no text are an id that nobody has.
#[tokio::test]
async fn a_path_that_is_no_text_is_answered_in_form_on_every_route() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await.browser;
    let routes = FUNCTIONS.iter().flat_map(|function| function.routes);
    let named = routes.filter(|(method, path)| path.contains('{') && *method != "OPTIONS");
    let mut asked = 0;
    for (method, path) in named {
        let path = without_text(path);
        let method: Method = method.parse().expect("a method");
        let headers = [("tus-resumable", "1.0.0")];
        let answer = ada.send(method.clone(), &path, &headers, "{}").await;
        let status = answer.status;
        assert!(status.is_client_error(), "{method} {path}: {status}");
        if method == Method::HEAD {
            assert_eq!(answer.header("content-type"), "application/json", "{path}");
        } else {
            assert_error_form(&answer);
            let url = answer.json()["url"].as_str().map(str::to_owned);
            assert!(url.is_some_and(|url| url.ends_with(&path)), "{path}");
        }
        asked += 1;
    }
    assert!(asked > 9, "{asked} routes with a name in their path");
}

/// `path` with such bytes in the place of each parameter.
fn without_text(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        let is_parameter = segment.starts_with('{');
        if is_parameter { "%FF" } else { segment }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// A host that is none is still answered, and opens nothing (auth contract, 17, 18).
#[tokio::test]
async fn forged_hosts_are_answered_and_sign_nobody_in() {
    let server = Server::start().await;
    let mut browser: Browser = server.browser();
    for host in [
        "a b",
        "<script>",
        "[::1",
        "a@b",
        "a/b",
        "%00",
        "evil.example",
    ] {
        let headers = [("host", host), ("origin", "http://or3.test")];
        let answer = browser
            .send(Method::GET, "/api/nowhere", &headers, "")
            .await;
        assert_eq!(answer.status, 404, "{host}");
        assert_error_form(&answer);
        let answer = browser
            .send(Method::POST, "/api/basic-auth/sign-in", &headers, "{}")
            .await;
        assert_eq!(answer.status, 403, "{host}");
        assert_error_form(&answer);
    }
}

#[tokio::test]
async fn odd_paths_and_headers_are_answered_in_form() {
    let server = Server::start().await;
    let mut browser: Browser = server.browser();
    for path in [
        "/nobody",
        "/api",
        "/api/",
        "/api//health",
        "/api/health/",
        "/api/%00",
        "/api/..%2f",
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_error_form(&answer);
    }
    for cookie in [
        "or3_access",
        "or3_access=",
        "or3_access=a; or3_access=b",
        "=;=;;",
        "\u{fc}",
    ] {
        let headers = [("cookie", cookie)];
        let answer = browser
            .send(Method::GET, "/api/auth/session", &headers, "")
            .await;
        assert_eq!(answer.status, 200, "{cookie}");
    }
}
