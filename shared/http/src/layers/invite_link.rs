//! Following an invite link: the browser keeps the invite until the first session (auth contract,
//! 7.6).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use http::Method;
use http::header::{CACHE_CONTROL, HeaderValue};
use or3_domain::clock::{Clock, Timestamp};
use or3_domain::invite::{InviteKey, MAX_INVITE_UNITS};

use crate::caller::query_parameter;
use crate::context::Context;
use crate::cookies::AuthCookies;

/// Knows invites of this deployment by their signature.
#[derive(Clone)]
pub struct InviteLinks {
    /// Checks invites.
    pub key: InviteKey,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl fmt::Debug for InviteLinks {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("InviteLinks")
    }
}

impl InviteLinks {
    /// Puts a valid invite from the query of a `GET` or `HEAD`, of whatever path, into its cookie
    /// until it ends. Forged and overdue ones never replace one that is kept.
    pub(super) fn keep(&self, request: &Request, context: &Context) {
        if request.method() != Method::GET && request.method() != Method::HEAD {
            return;
        }
        let token = query_parameter(request.uri(), "invite");
        let Some(token) = token.filter(|token| token.len() <= MAX_INVITE_UNITS) else {
            return;
        };
        let now = self.clock.now();
        let Some(claims) = self.key.read(&token, now) else {
            return;
        };
        context.set_header(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let cookies = AuthCookies {
            access_ttl: Duration::ZERO,
            refresh_ttl: Duration::ZERO,
            secure: context.is_https(),
        };
        cookies.set_invite(context, &token, until(claims.exp, now));
    }
}

fn until(seconds: i64, now: Timestamp) -> Duration {
    let left = Timestamp::from_seconds(seconds)
        .millis()
        .saturating_sub(now.millis());
    Duration::from_millis(u64::try_from(left).unwrap_or_default())
}
