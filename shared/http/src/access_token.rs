//! Where a request carries the token that says who calls.

use std::sync::Arc;

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::context::text;
use crate::cookies::{AuthCookies, cookie};

/// Where a request carries its access token.
#[derive(Clone, Debug, Default)]
pub enum AccessToken {
    /// In the cookie `or3_access`, which is ours (auth contract, 4).
    #[default]
    OwnCookie,
    /// In `Authorization: Bearer`, or else in a cookie that an identity provider sets.
    Foreign {
        /// The cookie's name.
        cookie: Arc<str>,
    },
}

impl AccessToken {
    /// The token, unread.
    pub(crate) fn of<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        match self {
            Self::OwnCookie => cookie(headers, AuthCookies::ACCESS),
            Self::Foreign { cookie: name } => bearer(headers).or_else(|| cookie(headers, name)),
        }
    }
}

/// A bearer token that may be a signed one. Others are keys of other services, which pass through
/// here with some requests (jobs contract, 2).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = text(headers, AUTHORIZATION.as_str())?.split_once(' ')?;
    let token = token.trim();
    let signed = scheme.eq_ignore_ascii_case("bearer") && token.matches('.').count() == 2;
    signed.then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use http::header::COOKIE;

    fn headers(authorization: &'static str, cookies: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static(cookies));
        if !authorization.is_empty() {
            headers.insert(AUTHORIZATION, HeaderValue::from_static(authorization));
        }
        headers
    }

    fn foreign(authorization: &'static str, cookies: &'static str) -> Option<String> {
        let place = AccessToken::Foreign {
            cookie: "__session".into(),
        };
        let headers = headers(authorization, cookies);
        place.of(&headers).map(str::to_owned)
    }

    #[test]
    fn our_own_token_comes_in_our_own_cookie_only() {
        let headers = headers("Bearer a.b.c", "or3_access=x.y.z; __session=p.q.r");
        assert_eq!(AccessToken::OwnCookie.of(&headers), Some("x.y.z"));
    }

    #[test]
    fn a_foreign_token_is_the_bearer_or_else_the_cookie() {
        let cookies = "or3_access=x.y.z; __session=p.q.r";
        assert_eq!(foreign("Bearer a.b.c", cookies).as_deref(), Some("a.b.c"));
        assert_eq!(foreign("bearer  a.b.c", "").as_deref(), Some("a.b.c"));
        assert_eq!(foreign("", cookies).as_deref(), Some("p.q.r"));
        assert_eq!(foreign("", "or3_access=x.y.z"), None);
    }

    #[test]
    fn what_is_no_signed_token_is_not_for_us() {
        for authorization in ["Bearer sk-or-v1-1234", "Basic a.b.c", "Bearer", "a.b.c"] {
            let found = foreign(authorization, "__session=p.q.r");
            assert_eq!(found.as_deref(), Some("p.q.r"), "{authorization}");
        }
    }
}
