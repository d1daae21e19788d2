//! Whether a browser on another site sent a request (auth contract, 6.4 and 12.5).

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use http::header::{ORIGIN, REFERER};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

use crate::context::{Context, text};
use crate::error::ApiError;
use crate::policy::HttpPolicy;

const INTENT: &str = "x-or3-cloud-intent";

/// What a mutation is told whose intent is none.
pub(crate) const OTHER_INTENT: &str = "Forbidden: Missing mutation intent";

/// Refuses a mutation whose `Origin` (or else `Referer`) is neither this host nor an allowed
/// origin; of several each must be. Requests with neither header pass: they do not come from a
/// browser page.
///
/// New clients say what they mean in a header, which a page of another origin can send only after a
/// preflight. Old ones do not, so that it is never required (12.5); a word that is none is refused.
///
/// # Errors
///
/// `403 "Forbidden"`, also when the header cannot be read (`Origin: null`) or the host that was
/// asked is unknown.
pub fn require_own_origin(
    headers: &HeaderMap,
    context: &Context,
    policy: &HttpPolicy,
) -> Result<(), ApiError> {
    require_no_other_intent(headers)?;
    let mut named = headers.get_all(header_of_page(headers)).iter();
    if named.all(|named| is_own(named, context, policy)) {
        Ok(())
    } else {
        Err(ApiError::forbidden())
    }
}

/// The header that says which page it was.
pub(crate) fn header_of_page(headers: &HeaderMap) -> HeaderName {
    if headers.contains_key(ORIGIN) {
        ORIGIN
    } else {
        REFERER
    }
}

/// Refuses an intent that is none.
pub(crate) fn require_no_other_intent(headers: &HeaderMap) -> Result<(), ApiError> {
    let mut intents = headers.get_all(INTENT).iter();
    if intents.any(|intent| intent != "mutation") {
        return Err(ApiError::forbidden().with_message(OTHER_INTENT));
    }
    Ok(())
}

/// Whether a page of `named` is of this host or of an allowed origin.
fn is_own(named: &HeaderValue, context: &Context, policy: &HttpPolicy) -> bool {
    let Some(uri) = named
        .to_str()
        .ok()
        .and_then(|named| named.parse::<Uri>().ok())
    else {
        return false;
    };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return false;
    };
    let host = without_default_port(authority.as_str());
    let own = context
        .host()
        .is_some_and(|asked| without_default_port(asked) == host);
    own || policy
        .allowed_origins
        .contains(&format!("{scheme}://{host}"))
}

/// A request that [`require_own_origin`] lets pass.
#[derive(Clone, Copy, Debug)]
pub struct OwnOrigin;

impl<S> FromRequestParts<S> for OwnOrigin
where
    S: Send + Sync,
    Arc<HttpPolicy>: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let context = Context::from_request_parts(parts, state).await?;
        require_own_origin(&parts.headers, &context, &Arc::from_ref(state)).map(|()| Self)
    }
}

/// Lower case, without a port that browsers leave out.
fn without_default_port(authority: &str) -> String {
    let authority = authority.to_ascii_lowercase();
    let short = authority
        .strip_suffix(":80")
        .or_else(|| authority.strip_suffix(":443"));
    short.map(str::to_owned).unwrap_or(authority)
}

/// Whether `origin` may read answers across origins: a bare http(s) origin on the list.
pub(crate) fn is_allowed(origin: &str, policy: &HttpPolicy) -> bool {
    policy
        .allowed_origins
        .iter()
        .any(|allowed| allowed == origin)
}

/// The `Origin` header as text.
pub(crate) fn origin_of(headers: &HeaderMap) -> Option<&str> {
    text(headers, ORIGIN.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Extensions;

    fn verdict(host: &'static str, origin: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static(host));
        headers.insert("origin", HeaderValue::from_static(origin));
        let policy = HttpPolicy {
            allowed_origins: vec!["https://app.example.com".to_owned()],
            ..HttpPolicy::default()
        };
        let uri = Uri::from_static("/");
        let context = Context::of("".into(), &headers, &uri, &Extensions::new(), &policy);
        require_own_origin(&headers, &context, &policy).is_ok()
    }

    #[test]
    fn the_own_host_passes_whatever_the_scheme() {
        assert!(verdict("or3.test:8080", "http://or3.test:8080"));
        assert!(verdict("or3.test:443", "https://OR3.test"));
    }

    #[test]
    fn other_hosts_pass_only_from_the_list() {
        assert!(verdict("or3.test", "https://app.example.com"));
        assert!(!verdict("or3.test", "https://evil.example.com"));
        assert!(!verdict("or3.test", "http://or3.test:8080"));
    }

    #[test]
    fn an_intent_may_be_missing_but_not_be_another() {
        let policy = HttpPolicy::default();
        let verdict = |intents: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for intent in intents {
                headers.append(INTENT, HeaderValue::from_static(intent));
            }
            let uri = Uri::from_static("/");
            let context = Context::of("".into(), &headers, &uri, &Extensions::new(), &policy);
            require_own_origin(&headers, &context, &policy).map_err(|error| error.status())
        };
        assert_eq!(verdict(&[]), Ok(()));
        assert_eq!(verdict(&["mutation"]), Ok(()));
        let forbidden = Err(http::StatusCode::FORBIDDEN);
        assert_eq!(verdict(&["admin"]), forbidden);
        assert_eq!(verdict(&["mutation", ""]), forbidden);
    }

    #[test]
    fn an_unreadable_origin_is_refused() {
        assert!(!verdict("or3.test", "null"));
        assert!(!verdict("or3.test", ""));
    }
}
