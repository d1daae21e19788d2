//! Plain HTTP is sent to HTTPS where the deployment wants that (auth contract, 12.2).

use axum::extract::Request;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use http::header::LOCATION;

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
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", http::uri::PathAndQuery::as_str);
    let url = format!("https://{host}{path}");
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
}
