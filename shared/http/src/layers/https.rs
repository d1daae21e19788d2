//! Plain HTTP is sent to HTTPS where the deployment wants that (auth contract, 12.2).

use axum::extract::Request;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use http::header::LOCATION;
use percent_encoding::{CONTROLS, utf8_percent_encode};

use super::versions::asked;
use crate::context::Context;
use crate::policy::HttpPolicy;

/// The redirect, when one is due. Requests without a usable host and loopback hosts are exempt.
pub(super) fn redirect(
    request: &Request,
    context: &Context,
    policy: &HttpPolicy,
) -> Option<Response> {
    let host = context
        .host()
        .filter(|_| policy.force_https && !context.is_https())?;
    if is_loopback(host) {
        return None;
    }
    let path = asked(request)
        .path_and_query()
        .map_or("/", http::uri::PathAndQuery::as_str);
    // Clients may send bytes in a path that no address may have (RFC 9110, 10.2.2).
    let url = format!("https://{host}{}", utf8_percent_encode(path, CONTROLS));
    let escaped = url
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;");
    let page = format!(
        "<!DOCTYPE html><html><head><meta http-equiv=\"refresh\" content=\"0; url={escaped}\">\
         </head></html>"
    );
    Some((StatusCode::MOVED_PERMANENTLY, [(LOCATION, url)], Html(page)).into_response())
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let address = name.parse::<std::net::IpAddr>();
    name == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_hosts_are_known_with_and_without_port() {
        for host in ["localhost", "localhost:8787", "127.0.0.1:1", "[::1]:8787"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["example.com", "localhost.example.com", "10.0.0.1"] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn a_path_is_an_address_when_it_comes_back() {
        let moved = moved_to("/api/\u{609}\u{e9}%20", "or3.example", None, false);
        let place = moved.map(|(_, place)| place);
        let place = place.expect("a place");
        assert_eq!(place, "https://or3.example/api/%D8%89%C3%A9%20");
    }

    /// Where a request for a page of `host` is sent, if anywhere.
    fn sent(host: &str, proto: Option<&str>, trust_proxy: bool) -> Option<(u16, String)> {
        moved_to("/api/workspaces?a=b&c=%22", host, proto, trust_proxy)
    }

    fn moved_to(
        path: &str,
        host: &str,
        proto: Option<&str>,
        trust_proxy: bool,
    ) -> Option<(u16, String)> {
        let policy = HttpPolicy {
            force_https: true,
            trust_proxy,
            ..HttpPolicy::default()
        };
        let mut request = Request::builder()
            .uri(path)
            .header("host", host)
            .header("x-forwarded-host", host);
        if let Some(proto) = proto {
            request = request.header("x-forwarded-proto", proto);
        }
        let request = request.body(axum::body::Body::empty()).expect("a request");
        let (headers, uri) = (request.headers(), request.uri());
        let context = Context::of("".into(), headers, uri, request.extensions(), &policy);
        let response = redirect(&request, &context, &policy)?;
        let location = response.headers()[LOCATION].to_str().expect("text");
        Some((response.status().as_u16(), location.to_owned()))
    }

    #[test]
    fn plain_http_goes_to_the_same_place_by_https() {
        let place = "https://or3.example:8080/api/workspaces?a=b&c=%22";
        let moved = Some((301, place.to_owned()));
        assert_eq!(sent("OR3.example:8080", None, false), moved);
        assert_eq!(sent("localhost:8787", None, false), None);
        assert_eq!(sent("a@evil.example", None, false), None, "no host at all");
    }

    #[test]
    fn a_proxys_word_counts_only_where_it_is_trusted() {
        let moved = |proto, trusted| sent("or3.example", Some(proto), trusted).is_some();
        assert!(moved("https", false));
        assert!(!moved("https", true));
        assert!(!moved("https,http", true));
        assert!(moved("http", true));
        assert!(moved("wss", true));
    }
}
