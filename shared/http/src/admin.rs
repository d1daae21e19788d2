//! Who asks for something of administration: the super admin, known by a cookie of their own, or
//! somebody who is signed in (auth contract, 10.1 to 10.3).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRef, FromRequestParts};
use http::header::HeaderValue;
use http::request::Parts;
use or3_domain::admin::{AdminTokens, SuperAdmin};
use or3_domain::auth::Session;
use or3_domain::clock::Clock;

use crate::caller::{Caller, Sessions};
use crate::context::Context;
use crate::cookies::cookie;
use crate::error::ApiError;
use crate::policy::HttpPolicy;
use crate::this_host::require_this_host;

/// What a user with a grant is told where a grant is not enough.
pub(crate) const NOT_SUPER: &str = "Forbidden: Super admin access required";

/// What it takes to know the super admin.
#[derive(Clone)]
pub struct Admins {
    /// Reads their tokens; `None` where the deployment has no super admin.
    pub tokens: Option<AdminTokens>,
    /// Hosts on which they are known; empty is every host.
    pub allowed_hosts: Arc<[String]>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl Admins {
    /// Whether there is a super admin on the host that was asked. Elsewhere routes that only they
    /// may use do not exist.
    pub fn are_known_here(&self, context: &Context) -> bool {
        let allowed = |host: &str| {
            let mut hosts = self.allowed_hosts.iter();
            hosts.any(|allowed| bare(allowed) == bare(host))
        };
        let here = self.allowed_hosts.is_empty() || context.host().is_some_and(allowed);
        self.tokens.is_some() && here
    }

    /// Who the cookie says, where they are known.
    fn read(&self, parts: &Parts) -> Option<SuperAdmin> {
        let token = cookie(&parts.headers, AdminCookie::NAME)?;
        self.tokens.as_ref()?.read(token, self.clock.now())
    }
}

/// A host without its port, in lower case; of an address in brackets the brackets stay (auth
/// contract, 6.5).
fn bare(host: &str) -> String {
    let host = host.trim().to_ascii_lowercase();
    let end = match host.find(']') {
        Some(at) if host.starts_with('[') => at + 1,
        _ => host.find(':').unwrap_or(host.len()),
    };
    host[..end].to_owned()
}

/// The cookie of the super admin (auth contract, 4).
pub struct AdminCookie;

impl AdminCookie {
    /// Its name.
    pub const NAME: &'static str = "or3_admin";

    /// Hands `token` to the browser for `lifetime`.
    pub fn set(context: &Context, policy: &HttpPolicy, token: &str, lifetime: Duration) {
        let secure = if policy.force_https { "; Secure" } else { "" };
        let (name, age) = (Self::NAME, lifetime.as_secs());
        let attributes = format!("Max-Age={age}; Path=/; HttpOnly{secure}; SameSite=Strict");
        // A token is base64url with dots, so a value that is no header value was never one.
        if let Ok(mut line) = HeaderValue::from_str(&format!("{name}={token}; {attributes}")) {
            line.set_sensitive(true);
            context.add_cookie(line);
        }
    }

    /// Takes it back, on every path that it was ever set on.
    pub fn clear(context: &Context) {
        for line in [
            "or3_admin=; Max-Age=0; Path=/",
            "or3_admin=; Max-Age=0; Path=/admin",
        ] {
            context.add_cookie(HeaderValue::from_static(line));
        }
    }
}

/// Whoever asks for something of administration. Extracting it asks no store.
pub struct AdminCaller {
    super_admin: Option<SuperAdmin>,
    known_here: bool,
    /// The same person's ordinary session, if they have one.
    pub caller: Caller,
    /// The request's surroundings.
    pub context: Context,
}

impl AdminCaller {
    /// The super admin, if the request is theirs.
    pub fn super_admin(&self) -> Option<&SuperAdmin> {
        self.super_admin.as_ref()
    }

    /// The ordinary session of whoever asks, if they have one. The super admin is who they are
    /// without it: where theirs cannot be resolved, that is logged and there is none (auth
    /// contract, 10.1).
    ///
    /// # Errors
    ///
    /// Those of resolving the session, for everybody else.
    pub async fn session(&self) -> Result<Option<&Session>, ApiError> {
        let session = self.caller.session().await;
        match session {
            Err(error) if self.super_admin.is_some() => {
                let (status, reason) = (error.status().as_u16(), error.message());
                let error = error.chain();
                tracing::warn!(status, reason, error, "no session beside the super admin's");
                Ok(None)
            }
            other => other,
        }
    }

    /// The super admin, or nobody.
    ///
    /// # Errors
    ///
    /// 404 where there is none, 403 for users with a grant of administration, 401 for everybody
    /// else (auth contract, 10.1 and 10.2); and those of resolving the session.
    pub async fn require_super(&self) -> Result<&SuperAdmin, ApiError> {
        if !self.known_here {
            return Err(ApiError::not_found());
        }
        if let Some(super_admin) = &self.super_admin {
            return Ok(super_admin);
        }
        let session = self.caller.session().await?;
        if session.is_some_and(|session| session.deployment_admin) {
            return Err(ApiError::forbidden().with_message(NOT_SUPER));
        }
        Err(ApiError::unauthorized())
    }

    /// The super admin or a user with a grant: `None` is the super admin.
    ///
    /// # Errors
    ///
    /// 404 where there is no super admin, 401 for everybody else.
    pub async fn require_any_admin(&self) -> Result<Option<&Session>, ApiError> {
        if !self.known_here {
            return Err(ApiError::not_found());
        }
        if self.super_admin.is_some() {
            return Ok(None);
        }
        let session = self.caller.session().await?;
        let granted = session.filter(|session| session.deployment_admin);
        granted.map(Some).ok_or_else(ApiError::unauthorized)
    }

    /// Whether anybody is there at all.
    ///
    /// # Errors
    ///
    /// 401 for nobody, and those of resolving the session.
    pub async fn require_somebody(&self) -> Result<(), ApiError> {
        if self.super_admin.is_some() || self.caller.session().await?.is_some() {
            Ok(())
        } else {
            Err(ApiError::unauthorized())
        }
    }
}

impl<S> FromRequestParts<S> for AdminCaller
where
    S: Send + Sync,
    Sessions: FromRef<S>,
    Admins: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let context = Context::from_request_parts(parts, state).await?;
        let admins = Admins::from_ref(state);
        let known_here = admins.are_known_here(&context);
        Ok(Self {
            super_admin: known_here.then(|| admins.read(parts)).flatten(),
            known_here,
            caller: Caller::from_request_parts(parts, state).await?,
            context,
        })
    }
}

/// A request that only the super admin may send, and that changes nothing.
pub struct SuperOnly(
    /// Who sent it.
    pub AdminCaller,
);

impl<S> FromRequestParts<S> for SuperOnly
where
    S: Send + Sync,
    Sessions: FromRef<S>,
    Admins: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let caller = AdminCaller::from_request_parts(parts, state).await?;
        caller.require_super().await?;
        Ok(Self(caller))
    }
}

/// A change that only the super admin may make, from a page of this host or from no page. The intent
/// header is not asked for: the oldest clients do not send it (auth contract, 10.3).
pub struct SuperChange(
    /// Who sent it.
    pub SuperAdmin,
    /// The request's surroundings.
    pub Context,
);

impl<S> FromRequestParts<S> for SuperChange
where
    S: Send + Sync,
    Sessions: FromRef<S>,
    Admins: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let caller = AdminCaller::from_request_parts(parts, state).await?;
        let super_admin = caller.require_super().await?.clone();
        require_this_host(&parts.headers, &caller.context)?;
        Ok(Self(super_admin, caller.context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_compared_without_case_and_port() {
        for (host, expected) in [
            (" Admin.Example:8443 ", "admin.example"),
            ("127.0.0.1:80", "127.0.0.1"),
            ("[::1]:8787", "[::1]"),
            ("[::1]", "[::1]"),
            ("", ""),
            (":", ""),
            (":8080", ""),
        ] {
            assert_eq!(bare(host), expected, "{host}");
        }
    }
}
