//! Whether a page of ours sent a mutation on purpose (auth contract, 10.3).

use axum::extract::{FromRef, FromRequestParts};
use http::header::{ORIGIN, REFERER};
use http::request::Parts;

use crate::admin::{AdminCaller, Admins};
use crate::caller::Sessions;
use crate::error::ApiError;
use crate::this_host::{NO_ORIGIN, forbidden, require_this_host};

const INTENT: &str = "x-or3-admin-intent";

/// What a change is told that does not say its intent.
pub(crate) const MISSING_INTENT: &str = "Forbidden: Missing admin intent";

/// The request carries the intent header and comes from a page of this host: what every client
/// sends with changes to members, and what whoever works on the whole deployment must send.
pub struct Intent(
    /// Who sent it; somebody who is signed in, or the super admin.
    pub AdminCaller,
);

/// The request comes from a page of this host, or from no page: what the oldest clients send with
/// changes to invites.
pub struct OwnPage(
    /// Who sent it; somebody who is signed in, or the super admin.
    pub AdminCaller,
);

impl<S> FromRequestParts<S> for Intent
where
    S: Send + Sync,
    Sessions: FromRef<S>,
    Admins: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let caller = signed_in(parts, state).await?;
        if parts
            .headers
            .get(INTENT)
            .is_none_or(|value| value != "admin")
        {
            return Err(forbidden(MISSING_INTENT));
        }
        let named = [ORIGIN, REFERER]
            .iter()
            .any(|name| parts.headers.contains_key(name));
        if !named {
            return Err(forbidden(NO_ORIGIN));
        }
        require_this_host(&parts.headers, &caller.context)?;
        Ok(Self(caller))
    }
}

impl<S> FromRequestParts<S> for OwnPage
where
    S: Send + Sync,
    Sessions: FromRef<S>,
    Admins: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let caller = signed_in(parts, state).await?;
        require_this_host(&parts.headers, &caller.context)?;
        Ok(Self(caller))
    }
}

/// Strangers hear that they are strangers, whatever else is wrong with their request.
async fn signed_in<S>(parts: &mut Parts, state: &S) -> Result<AdminCaller, ApiError>
where
    S: Send + Sync,
    Sessions: FromRef<S>,
    Admins: FromRef<S>,
{
    let caller = AdminCaller::from_request_parts(parts, state).await?;
    caller.require_somebody().await?;
    Ok(caller)
}
