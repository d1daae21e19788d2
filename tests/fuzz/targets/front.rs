//! The head of a request at the front door: host, forwarded headers, origin, version of the path,
//! invite, request id. Whatever comes in, there is an answer with the headers that every answer has,
//! a request id that is plain, no redirect but to HTTPS, and a page that is not on the list is not
//! allowed to read it.
//!
//! The first byte of the input chooses the deployment's policy, its first line is a method and a
//! path, and each other line a header.

#![no_main]

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::FromRef;
use axum::routing::get;
use futures_util::FutureExt;
use http::{HeaderName, HeaderValue, Request, Response};
use libfuzzer_sys::fuzz_target;
use or3_domain::clock::SystemClock;
use or3_domain::invite::InviteKey;
use or3_http::{Context, HttpPolicy, InviteLinks, OwnOrigin, standard};
use tower::ServiceExt;

const PAGE: &str = "https://app.example.com";

#[derive(Clone)]
struct State(Arc<HttpPolicy>);

impl FromRef<State> for Arc<HttpPolicy> {
    fn from_ref(state: &State) -> Self {
        Arc::clone(&state.0)
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((choice, head)) = input.split_first() else {
        return;
    };
    let policy = policy(*choice);
    let Some(request) = request(head) else {
        return;
    };
    let secure = policy.force_https;
    let state = State(Arc::new(policy.clone()));
    let routes = Router::new()
        .route("/api/thing/{id}", get(show).post(change))
        .with_state(state);
    let answer = standard(routes, policy).oneshot(request).now_or_never();
    let answer = answer.expect("nothing is waited for").expect("an answer");
    judge(&answer, secure);
});

async fn show(context: Context) -> String {
    format!("{:?} {}", context.host(), context.client_key())
}

async fn change(_own: OwnOrigin) -> &'static str {
    "changed"
}

/// No timer is set, since there is nothing here that could keep time.
fn policy(choice: u8) -> HttpPolicy {
    let chosen = |bit: u8| choice >> bit & 1 == 1;
    let links = InviteLinks {
        key: InviteKey::new("secret"),
        clock: Arc::new(SystemClock),
    };
    HttpPolicy {
        allowed_origins: if chosen(0) {
            vec![PAGE.to_owned()]
        } else {
            Vec::new()
        },
        force_https: chosen(1),
        trust_proxy: chosen(2),
        secure_cookies: chosen(3),
        invite_links: chosen(4).then_some(links),
        request_timeout: std::time::Duration::MAX,
        ..HttpPolicy::default()
    }
}

fn request(head: &[u8]) -> Option<Request<Body>> {
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = std::str::from_utf8(lines.next()?).ok()?;
    let (method, uri) = first.split_once(' ')?;
    let mut request = Request::builder()
        .method(method)
        .uri(uri)
        .body(Body::empty())
        .ok()?;
    for line in lines {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let name = HeaderName::from_bytes(parts.next()?).ok();
        let value = HeaderValue::from_bytes(parts.next().unwrap_or_default().trim_ascii()).ok();
        if let (Some(name), Some(value)) = (name, value) {
            request.headers_mut().append(name, value);
        }
    }
    Some(request)
}

fn judge(answer: &Response<Body>, secure: bool) {
    let headers = answer.headers();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    assert_eq!(text("x-content-type-options"), Some("nosniff"));
    assert_eq!(text("x-frame-options"), Some("DENY"));
    let id = text("x-request-id").expect("an id");
    assert!((8..=128).contains(&id.len()));
    assert!(
        id.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:=".contains(&byte))
    );
    assert!(!answer.status().is_server_error(), "{}", answer.status());
    if answer.status().is_redirection() {
        assert!(secure && text("location").is_some_and(|url| url.starts_with("https://")));
    }
    if let Some(origin) = text("access-control-allow-origin") {
        assert!(origin == "*" || origin == PAGE, "{origin}");
        let credentials = headers.contains_key("access-control-allow-credentials");
        assert_eq!(credentials, origin == PAGE);
    }
}
