//! CORS by allow list (auth contract, 12.1).

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    HeaderValue, VARY,
};
use http::{HeaderMap, Method, StatusCode};

use crate::origin::{is_allowed, origin_of};
use crate::policy::HttpPolicy;

/// What the answer to a request says about origins.
pub(super) enum Verdict {
    /// No `Origin` header.
    SameOrigin,
    /// An origin that may not read the answer; the request is still processed.
    Refused,
    /// Anybody may read the answer, without credentials.
    Anybody,
    /// This origin may read the answer, with credentials.
    Listed(HeaderValue),
}

impl Verdict {
    pub(super) fn of(request: &Request, policy: &HttpPolicy) -> Self {
        let Some(origin) = origin_of(request.headers()) else {
            return Self::SameOrigin;
        };
        if policy.allowed_origins.is_empty() {
            return Self::Anybody;
        }
        let listed = is_allowed(origin, policy).then(|| HeaderValue::from_str(origin).ok());
        listed.flatten().map_or(Self::Refused, Self::Listed)
    }

    /// The answer to a preflight of an accepted origin.
    pub(super) fn preflight(&self, request: &Request, policy: &HttpPolicy) -> Option<Response> {
        if request.method() != Method::OPTIONS || matches!(self, Self::SameOrigin | Self::Refused) {
            return None;
        }
        let asked = request
            .headers()
            .get(ACCESS_CONTROL_REQUEST_HEADERS)
            .cloned();
        let headers = [
            (
                ACCESS_CONTROL_ALLOW_METHODS,
                HeaderValue::from_static("GET,POST,PUT,PATCH,DELETE,OPTIONS"),
            ),
            (
                ACCESS_CONTROL_ALLOW_HEADERS,
                asked.unwrap_or(HeaderValue::from_static("Content-Type,Authorization")),
            ),
            (
                ACCESS_CONTROL_MAX_AGE,
                HeaderValue::from(policy.preflight_max_age.as_secs()),
            ),
        ];
        Some((StatusCode::NO_CONTENT, headers).into_response())
    }

    /// Puts the verdict on the answer.
    pub(super) fn apply(self, response: &mut Response) {
        if matches!(self, Self::SameOrigin) {
            return;
        }
        let headers = response.headers_mut();
        if !varies_by_origin(headers) {
            headers.append(VARY, HeaderValue::from_static("Origin"));
        }
        match self {
            Self::SameOrigin | Self::Refused => {}
            Self::Anybody => {
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            }
            Self::Listed(origin) => {
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
                headers.insert(
                    ACCESS_CONTROL_ALLOW_CREDENTIALS,
                    HeaderValue::from_static("true"),
                );
            }
        }
    }
}

fn varies_by_origin(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(VARY).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|name| name.trim().eq_ignore_ascii_case("origin"))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    const PAGE: &str = "https://app.example.test";

    fn asked(method: Method, origin: Option<&str>) -> Request {
        let mut request = Request::builder().method(method);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        request.body(Body::empty()).expect("a request")
    }

    /// The `Vary` lines of an answer that had `lines` before.
    fn vary(origin: Option<&str>, policy: &HttpPolicy, lines: &[&'static str]) -> Vec<String> {
        let mut response = Response::new(Body::empty());
        for line in lines {
            let value = HeaderValue::from_static(line);
            response.headers_mut().append(VARY, value);
        }
        let verdict = Verdict::of(&asked(Method::GET, origin), policy);
        verdict.apply(&mut response);
        let lines = response.headers().get_all(VARY).iter();
        lines
            .map(|line| line.to_str().expect("text").to_owned())
            .collect()
    }

    fn listing() -> HttpPolicy {
        HttpPolicy {
            allowed_origins: vec![PAGE.to_owned()],
            ..HttpPolicy::default()
        }
    }

    #[test]
    fn vary_names_the_origin_once_and_only_where_there_is_one() {
        for policy in [HttpPolicy::default(), listing()] {
            assert_eq!(vary(None, &policy, &[]), [""; 0]);
            for origin in [PAGE, "https://evil.example.test"] {
                let origin = Some(origin);
                assert_eq!(vary(origin, &policy, &[]), ["Origin"]);
                assert_eq!(vary(origin, &policy, &["Accept"]), ["Accept", "Origin"]);
                assert_eq!(
                    vary(origin, &policy, &["Accept, origin"]),
                    ["Accept, origin"]
                );
            }
        }
    }

    #[test]
    fn a_preflight_that_asks_for_nothing_gets_the_default_list() {
        let request = asked(Method::OPTIONS, Some(PAGE));
        let answer = Verdict::of(&request, &listing()).preflight(&request, &listing());
        let answer = answer.expect("a preflight of a listed page is answered");
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        let header = |name| {
            answer
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        assert_eq!(
            header(ACCESS_CONTROL_ALLOW_HEADERS),
            Some("Content-Type,Authorization")
        );
        assert_eq!(
            header(ACCESS_CONTROL_ALLOW_METHODS),
            Some("GET,POST,PUT,PATCH,DELETE,OPTIONS")
        );
    }

    #[test]
    fn only_a_preflight_of_an_accepted_page_is_answered() {
        for (method, origin) in [
            (Method::OPTIONS, None),
            (Method::OPTIONS, Some("https://evil.example.test")),
            (Method::OPTIONS, Some("null")),
            (Method::GET, Some(PAGE)),
        ] {
            let request = asked(method, origin);
            let verdict = Verdict::of(&request, &listing());
            let answer = verdict.preflight(&request, &listing());
            assert!(answer.is_none(), "{origin:?}");
        }
    }
}
