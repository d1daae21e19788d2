//! Whether a page of the host that was asked sent a change of administration (auth contract, 10.3).
//!
//! It is more than [`origin`](crate::origin) asks for: a page that may use the rest of the API from
//! another origin may not administer, and a port or a scheme of its own makes a page another one.

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::{HeaderValue, REFERER};
use http::request::Parts;
use http::uri::Authority;

use crate::context::Context;
use crate::error::ApiError;
use crate::origin::{header_of_page, require_no_other_intent};

/// Why a page is not taken for one of ours.
pub(crate) const NO_ORIGIN: &str = "Forbidden: Origin validation failed";
pub(crate) const NO_HOST: &str = "Forbidden: Host resolution failed";
pub(crate) const OTHER_ORIGIN: &str = "Forbidden: Origin mismatch";

/// Refuses a change whose `Origin` (or else `Referer`) is not of the host that was asked; of several
/// each must be. Requests with neither pass: they come from no page.
///
/// The scheme must be the same where it is known. A plain listener does not know what stands in front
/// of it, so that there both fit.
///
/// # Errors
///
/// 403 with the contract's text.
pub(crate) fn require_this_host(headers: &HeaderMap, context: &Context) -> Result<(), ApiError> {
    require_no_other_intent(headers)?;
    let name = header_of_page(headers);
    for named in headers.get_all(&name) {
        let page = Page::read(named).ok_or_else(|| forbidden(NO_ORIGIN))?;
        let host = context.host().ok_or_else(|| forbidden(NO_HOST))?;
        // An origin is no more than an origin; an address of a page goes on.
        let whole = name == REFERER || page.is_bare;
        if !whole || !page.is_of(host, context.scheme()) {
            return Err(forbidden(OTHER_ORIGIN));
        }
    }
    Ok(())
}

pub(crate) fn forbidden(text: &'static str) -> ApiError {
    ApiError::forbidden().with_message(text)
}

/// Where a page is from.
struct Page {
    scheme: String,
    authority: String,
    /// Nothing follows the authority.
    is_bare: bool,
}

impl Page {
    fn read(named: &HeaderValue) -> Option<Self> {
        let (scheme, rest) = named.to_str().ok()?.split_once("://")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let authority: Authority = rest[..end].parse().ok()?;
        Some(Self {
            scheme: scheme.to_ascii_lowercase(),
            authority: authority.as_str().to_ascii_lowercase(),
            is_bare: end == rest.len(),
        })
    }

    fn is_of(&self, host: &str, own_scheme: Option<&str>) -> bool {
        // Browsers leave the port out that goes without saying; whoever forwards may write it.
        let left_out = match self.scheme.as_str() {
            "http" => ":80",
            "https" => ":443",
            _ => return false,
        };
        let without_port = |authority: &str| {
            let short = authority.strip_suffix(left_out).unwrap_or(authority);
            short.to_owned()
        };
        own_scheme.is_none_or(|own| own == self.scheme)
            && without_port(&self.authority) == without_port(host)
    }
}

/// A change that comes from a page of this host, or from no page, whoever sent it: what signs the
/// super admin in and out.
#[derive(Clone, Copy, Debug)]
pub struct ThisHost;

impl<S: Send + Sync> FromRequestParts<S> for ThisHost {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let context = Context::from_request_parts(parts, state).await?;
        require_this_host(&parts.headers, &context).map(|()| Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::HttpPolicy;
    use http::{Extensions, Uri};

    const PASSED: &str = "passed";

    /// The verdict about headers of a request for `uri`.
    fn verdict(
        uri: &'static str,
        policy: &HttpPolicy,
        named: &[(&'static str, &'static str)],
    ) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in named {
            headers.append(*name, HeaderValue::from_static(value));
        }
        let uri = Uri::from_static(uri);
        let context = Context::of("".into(), &headers, &uri, &Extensions::new(), policy);
        match require_this_host(&headers, &context) {
            Ok(()) => PASSED.to_owned(),
            Err(error) => error.message().to_owned(),
        }
    }

    fn on_a_listener(host: &'static str, name: &'static str, page: &'static str) -> String {
        let policy = HttpPolicy {
            allowed_origins: vec!["https://app.example.com".to_owned()],
            ..HttpPolicy::default()
        };
        verdict("/", &policy, &[("host", host), (name, page)])
    }

    #[test]
    fn a_plain_listener_takes_pages_of_its_host_by_either_scheme() {
        for (host, page) in [
            ("or3.test:8080", "http://or3.test:8080"),
            ("or3.test:8080", "https://or3.test:8080"),
            ("OR3.test:443", "https://or3.test"),
            ("or3.test", "https://OR3.test:443"),
            ("or3.test:80", "http://or3.test"),
            ("[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(on_a_listener(host, "origin", page), PASSED, "{page}");
            let address = format!("{page}/settings?x=http://evil.example#y").leak();
            assert_eq!(on_a_listener(host, "referer", address), PASSED, "{page}");
        }
    }

    #[test]
    fn other_hosts_ports_and_allowed_origins_are_other_pages() {
        for (host, page) in [
            ("or3.test", "https://evil.example"),
            ("or3.test", "https://app.example.com"),
            ("or3.test", "http://or3.test:8080"),
            ("or3.test", "http://or3.test:443"),
            ("or3.test:80", "https://or3.test"),
            ("or3.test:443", "http://or3.test"),
            ("or3.test", "https://or3.test:80"),
            ("or3.test", "https://user@or3.test"),
            ("or3.test", "ftp://or3.test"),
            ("or3.test", "https://or3.test.evil.example"),
        ] {
            assert_eq!(on_a_listener(host, "origin", page), OTHER_ORIGIN, "{page}");
            assert_eq!(on_a_listener(host, "referer", page), OTHER_ORIGIN, "{page}");
        }
        for longer in [
            "https://or3.test/",
            "https://or3.test?x",
            "https://or3.test#x",
        ] {
            let verdict = on_a_listener("or3.test", "origin", longer);
            assert_eq!(verdict, OTHER_ORIGIN, "{longer}");
        }
    }

    #[test]
    fn what_is_no_origin_is_told_apart() {
        for odd in [
            "null",
            "",
            "not an origin",
            "or3.test",
            "https://",
            "https:///x",
        ] {
            assert_eq!(on_a_listener("or3.test", "origin", odd), NO_ORIGIN, "{odd}");
        }
        assert_eq!(on_a_listener("a@b", "origin", "https://or3.test"), NO_HOST);
    }

    #[test]
    fn where_the_scheme_is_known_it_counts() {
        let plain = HttpPolicy::default();
        let trusting = HttpPolicy {
            trust_proxy: true,
            ..HttpPolicy::default()
        };
        let host = ("x-forwarded-host", "or3.test");
        let proto = |proto| ("x-forwarded-proto", proto);
        let page = |scheme: &str| match scheme {
            "http" => ("origin", "http://or3.test"),
            _ => ("origin", "https://or3.test"),
        };
        for (scheme, other) in [("http", "https"), ("https", "http")] {
            let by_proxy = |named| verdict("/", &trusting, &[host, proto(named), page(scheme)]);
            assert_eq!(by_proxy(scheme), PASSED);
            assert_eq!(by_proxy(other), OTHER_ORIGIN);
            assert_eq!(by_proxy("gopher"), PASSED, "as good as unknown");
        }
        let by_gateway = |scheme| verdict("https://or3.test/", &plain, &[page(scheme)]);
        assert_eq!(by_gateway("https"), PASSED);
        assert_eq!(by_gateway("http"), OTHER_ORIGIN);
    }

    #[test]
    fn each_of_several_must_fit_and_none_is_no_page() {
        let plain = HttpPolicy::default();
        let (host, own) = (("host", "or3.test"), ("origin", "http://or3.test"));
        let evil = ("origin", "https://evil.example");
        assert_eq!(verdict("/", &plain, &[host]), PASSED);
        assert_eq!(verdict("/", &plain, &[host, own, own]), PASSED);
        assert_eq!(verdict("/", &plain, &[host, own, evil]), OTHER_ORIGIN);
        let referer = ("referer", "http://or3.test/admin");
        assert_eq!(verdict("/", &plain, &[host, referer, evil]), OTHER_ORIGIN);
    }
}
