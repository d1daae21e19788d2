//! Cookies in and out (auth contract, 4).

use http::HeaderMap;
use http::header::{COOKIE, HeaderValue};
use or3_domain::auth::RenewedTokens;
use std::time::Duration;

use crate::context::Context;

/// The value of the first cookie called `name`; the first wins when a name comes twice, also when
/// its value is no text. Other cookies may be any bytes: browsers send what a script put there as
/// it is, in one line with ours.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).iter();
    let mut pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let value = pairs.find_map(|pair| {
        let pair = pair.trim_ascii().strip_prefix(name.as_bytes())?;
        pair.strip_prefix(b"=")
    })?;
    let value = str::from_utf8(value).ok()?.trim_matches('"');
    (!value.is_empty()).then_some(value)
}

/// How long a token cookie lives, and whether it is `Secure`.
#[derive(Clone, Copy, Debug)]
pub struct AuthCookies {
    /// Lifetime of `or3_access`.
    pub access_ttl: Duration,
    /// Lifetime of `or3_refresh`.
    pub refresh_ttl: Duration,
    /// Whether browsers may send them over HTTPS only.
    pub secure: bool,
}

const REFRESH_PATH: &str = "/api";
const LEGACY_REFRESH_PATH: &str = "/api/basic-auth";

impl AuthCookies {
    /// The cookie of the access token.
    pub const ACCESS: &'static str = "or3_access";
    /// The cookie of the refresh token.
    pub const REFRESH: &'static str = "or3_refresh";
    /// The cookie that carries an invite through registration.
    pub const INVITE: &'static str = "or3_invite_token";

    /// Sets both tokens. The refresh cookie of the old path is cleared before the new one is
    /// set: jars that know names only would otherwise lose the new value.
    pub fn set(&self, context: &Context, tokens: &RenewedTokens) {
        self.add(context, Self::ACCESS, &tokens.access, self.access_ttl, "/");
        self.add(
            context,
            Self::REFRESH,
            "",
            Duration::ZERO,
            LEGACY_REFRESH_PATH,
        );
        self.add(
            context,
            Self::REFRESH,
            &tokens.refresh,
            self.refresh_ttl,
            REFRESH_PATH,
        );
    }

    /// Clears both tokens, on every path they were ever set on.
    pub fn clear(&self, context: &Context) {
        self.add(context, Self::ACCESS, "", Duration::ZERO, "/");
        self.add(
            context,
            Self::REFRESH,
            "",
            Duration::ZERO,
            LEGACY_REFRESH_PATH,
        );
        self.add(context, Self::REFRESH, "", Duration::ZERO, REFRESH_PATH);
    }

    /// Keeps an invite until the first session of its bearer.
    pub fn set_invite(&self, context: &Context, token: &str, lifetime: Duration) {
        self.add(context, Self::INVITE, token, lifetime, "/");
    }

    /// Forgets an invite.
    pub fn clear_invite(&self, context: &Context) {
        self.add(context, Self::INVITE, "", Duration::ZERO, "/");
    }

    fn add(&self, context: &Context, name: &str, value: &str, max_age: Duration, path: &str) {
        let secure = if self.secure { "; Secure" } else { "" };
        let age = max_age.as_secs();
        let line =
            format!("{name}={value}; Max-Age={age}; Path={path}; HttpOnly{secure}; SameSite=Lax");
        // Tokens are base64url with dots, so a value that is no header value was never a token.
        if let Ok(mut line) = HeaderValue::from_str(&line) {
            line.set_sensitive(true);
            context.add_cookie(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_cookie_of_a_name_wins() {
        let mut headers = HeaderMap::new();
        headers.append(
            COOKIE,
            HeaderValue::from_static("a=0; or3_refresh=long;or3_refresh=short"),
        );
        headers.append(COOKIE, HeaderValue::from_static("or3_access=x"));
        assert_eq!(cookie(&headers, "or3_refresh"), Some("long"));
        assert_eq!(cookie(&headers, "or3_access"), Some("x"));
        assert_eq!(cookie(&headers, "or3_admin"), None);
    }

    #[test]
    fn bytes_beyond_ascii_spoil_their_own_cookie_only() {
        let mut headers = HeaderMap::new();
        for line in [
            &b"theme=gr\xc3\xbcn; or3_access=x; \xff=1; or3_admin=\xff"[..],
            b"or3_access=later; or3_admin=later; or3_refresh=y",
        ] {
            headers.append(COOKIE, HeaderValue::from_bytes(line).expect("a line"));
        }
        assert_eq!(cookie(&headers, "or3_access"), Some("x"));
        assert_eq!(cookie(&headers, "or3_refresh"), Some("y"));
        assert_eq!(cookie(&headers, "or3_admin"), None, "the first counts");
    }
}
