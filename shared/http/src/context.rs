//! What is known of a request before anything looks at it, and what its answer must carry
//! whatever becomes of it.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::extract::FromRequestParts;
use http::header::{HOST, HeaderName, HeaderValue, SET_COOKIE, USER_AGENT};
use http::request::Parts;
use http::{Extensions, HeaderMap, Uri};
use or3_domain::auth::{Origin, Session};

use crate::error::ApiError;
use crate::policy::HttpPolicy;

/// The address of the machine that the connection comes from; the listener (or the Lambda event)
/// puts it into the request's extensions.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// One request's surroundings; clones share them.
#[derive(Clone)]
pub struct Context {
    inner: Arc<Inner>,
}

struct Inner {
    request_id: Arc<str>,
    client_ip: Option<IpAddr>,
    host: Option<String>,
    scheme: Option<&'static str>,
    user_agent: Option<String>,
    /// Headers that the answer gets, error or not.
    answer: Mutex<Vec<(HeaderName, HeaderValue)>>,
    session: OnceLock<(String, String)>,
}

impl Context {
    pub(crate) fn of(
        request_id: Arc<str>,
        headers: &HeaderMap,
        uri: &Uri,
        extensions: &Extensions,
        policy: &HttpPolicy,
    ) -> Self {
        let peer = extensions.get::<Peer>().map(|peer| peer.0);
        let inner = Inner {
            request_id,
            client_ip: client_ip(headers, peer, policy),
            host: host(headers, uri, policy),
            scheme: scheme(headers, uri, policy),
            user_agent: text(headers, USER_AGENT.as_str()).map(str::to_owned),
            answer: Mutex::default(),
            session: OnceLock::new(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The id that the log line and the answer carry.
    pub fn request_id(&self) -> &str {
        &self.inner.request_id
    }

    /// The client's address under the deployment's proxy rules (auth contract, 6.5).
    pub fn client_ip(&self) -> Option<IpAddr> {
        self.inner.client_ip
    }

    /// The address as a key for limits: `unknown` when there is none.
    pub fn client_key(&self) -> String {
        self.client_ip()
            .map_or_else(|| "unknown".to_owned(), |ip| ip.to_string())
    }

    /// The host that the client asked, lower-case, port kept; `None` when it cannot be known.
    pub fn host(&self) -> Option<&str> {
        self.inner.host.as_deref()
    }

    /// Whether the client came by HTTPS.
    pub fn is_https(&self) -> bool {
        self.scheme() == Some("https")
    }

    /// `http` or `https`, where it is known by which the client came. A plain listener knows nothing
    /// of what stands in front of it.
    pub(crate) fn scheme(&self) -> Option<&'static str> {
        self.inner.scheme
    }

    /// What is kept with a session row.
    pub fn origin(&self) -> Origin {
        Origin {
            ip_address: self.client_ip().map(|ip| ip.to_string()),
            user_agent: self.inner.user_agent.clone(),
        }
    }

    /// Puts a header on the answer, whatever it becomes; a later value replaces an earlier one.
    pub fn set_header(&self, name: HeaderName, value: HeaderValue) {
        let mut answer = self
            .inner
            .answer
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        answer.retain(|(present, _)| *present != name);
        answer.push((name, value));
    }

    /// Adds a cookie to the answer, whatever it becomes; the order of calls is kept.
    pub fn add_cookie(&self, cookie: HeaderValue) {
        let mut answer = self
            .inner
            .answer
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        answer.push((SET_COOKIE, cookie));
    }

    pub(crate) fn take_answer_headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        std::mem::take(
            &mut *self
                .inner
                .answer
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Notes who the request turned out to come from, for its log line.
    pub(crate) fn note_session(&self, session: &Session) {
        let ids = (
            session.user.id.to_string(),
            session.workspace.id.to_string(),
        );
        let _already_noted = self.inner.session.set(ids);
    }

    pub(crate) fn user_and_workspace(&self) -> (Option<&str>, Option<&str>) {
        let ids = self.inner.session.get();
        (ids.map(|ids| ids.0.as_str()), ids.map(|ids| ids.1.as_str()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Context {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let missing = || ApiError::internal(std::io::Error::other("no boundary layer"));
        parts.extensions.get::<Self>().cloned().ok_or_else(missing)
    }
}

/// A header as text, if it is text.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The first element of a comma list, trimmed; `None` when blank.
fn first_element(list: &str) -> Option<&str> {
    list.split(',')
        .next()
        .map(str::trim)
        .filter(|first| !first.is_empty())
}

fn client_ip(headers: &HeaderMap, peer: Option<IpAddr>, policy: &HttpPolicy) -> Option<IpAddr> {
    if !policy.trust_proxy {
        return peer;
    }
    let named = text(headers, policy.forwarded_for.header()).and_then(first_element);
    named.and_then(|ip| ip.parse().ok()).or(peer)
}

fn host(headers: &HeaderMap, uri: &Uri, policy: &HttpPolicy) -> Option<String> {
    let named = if policy.trust_proxy {
        first_element(text(headers, "x-forwarded-host")?)
    } else {
        // Several hosts are none (RFC 9112, 3.2): whoever forwards might have looked at another.
        let repeated = headers.get_all(HOST).iter().nth(1).is_some();
        let named = text(headers, HOST.as_str()).filter(|_| !repeated);
        named.or_else(|| uri.authority().map(http::uri::Authority::as_str))
    };
    let host = named?.trim().to_ascii_lowercase();
    let odd = |c: char| c.is_whitespace() || c.is_control() || "@/?#\\".contains(c);
    (!host.is_empty() && !host.contains(odd)).then_some(host)
}

fn scheme(headers: &HeaderMap, uri: &Uri, policy: &HttpPolicy) -> Option<&'static str> {
    let named = if policy.trust_proxy {
        first_element(text(headers, "x-forwarded-proto")?)?
    } else {
        uri.scheme_str().filter(|scheme| *scheme == "https")?
    };
    let known = |scheme: &&str| scheme.eq_ignore_ascii_case(named);
    ["http", "https"].into_iter().find(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(policy: &HttpPolicy, headers: &[(&str, &str)]) -> Context {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(
                HeaderName::from_bytes(name.as_bytes()).expect("a name"),
                HeaderValue::from_str(value).expect("a value"),
            );
        }
        let mut extensions = Extensions::new();
        extensions.insert(Peer(IpAddr::from([10, 0, 0, 9])));
        Context::of("".into(), &map, &Uri::from_static("/"), &extensions, policy)
    }

    fn trusting() -> HttpPolicy {
        HttpPolicy {
            trust_proxy: true,
            ..HttpPolicy::default()
        }
    }

    #[test]
    fn without_trust_forwarding_headers_are_ignored() {
        let headers = [
            ("x-forwarded-for", "1.2.3.4"),
            ("x-forwarded-host", "evil"),
            ("host", "A:1"),
        ];
        let context = context(&HttpPolicy::default(), &headers);
        assert_eq!(context.client_key(), "10.0.0.9");
        assert_eq!(context.host(), Some("a:1"));
    }

    #[test]
    fn with_trust_the_first_entry_counts_and_must_be_an_address() {
        let first = context(&trusting(), &[("x-forwarded-for", " 1.2.3.4 , 5.6.7.8")]);
        assert_eq!(first.client_key(), "1.2.3.4");
        let odd = context(&trusting(), &[("x-forwarded-for", "999.1.1.1")]);
        assert_eq!(odd.client_key(), "10.0.0.9");
        assert_eq!(odd.host(), None, "a trusted proxy must name the host");
    }

    #[test]
    fn an_address_may_be_of_either_kind_and_is_looked_for_in_the_configured_header() {
        let six = context(&trusting(), &[("x-forwarded-for", "2001:db8::7")]);
        assert_eq!(six.client_key(), "2001:db8::7");
        let policy = HttpPolicy {
            forwarded_for: crate::policy::ForwardedFor::XRealIp,
            ..trusting()
        };
        let headers = [("x-forwarded-for", "1.2.3.4"), ("x-real-ip", "5.6.7.8")];
        assert_eq!(context(&policy, &headers).client_key(), "5.6.7.8");
    }

    #[test]
    fn several_hosts_are_no_host() {
        let headers = [("host", "or3.test"), ("host", "evil.example")];
        assert_eq!(context(&HttpPolicy::default(), &headers).host(), None);
    }

    #[test]
    fn a_host_with_userinfo_or_a_path_is_no_host() {
        for odd in ["a@b", "a/b", "a b", ""] {
            assert_eq!(
                context(&HttpPolicy::default(), &[("host", odd)]).host(),
                None,
                "{odd}"
            );
        }
    }
}
