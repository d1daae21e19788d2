//! Whether a page of ours sent a mutation on purpose (auth contract, 10.3).

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use http::header::{ORIGIN, REFERER};
use http::request::Parts;

use crate::caller::{Caller, Sessions};
use crate::context::Context;
use crate::error::ApiError;
use crate::origin::require_own_origin;
use crate::policy::HttpPolicy;

const INTENT: &str = "x-or3-admin-intent";

/// The request carries the intent header and comes from a page of this host: what every client
/// sends with changes to members, and what whoever works on the whole deployment must send.
pub struct Intent(
    /// Who sent it; somebody who is signed in.
    pub Caller,
);

/// The request comes from a page of this host, or from no page: what the oldest clients send with
/// changes to invites.
pub struct OwnPage(
    /// Who sent it; somebody who is signed in.
    pub Caller,
);

impl<S> FromRequestParts<S> for Intent
where
    S: Send + Sync,
    Sessions: FromRef<S>,
    Arc<HttpPolicy>: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let (caller, context) = signed_in(parts, state).await?;
        if parts
            .headers
            .get(INTENT)
            .is_none_or(|value| value != "admin")
        {
            return Err(forbidden("Forbidden: Missing admin intent"));
        }
        let named = [ORIGIN, REFERER]
            .iter()
            .any(|name| parts.headers.contains_key(name));
        if !named {
            return Err(forbidden("Forbidden: Origin validation failed"));
        }
        if context.host().is_none() {
            return Err(forbidden("Forbidden: Host resolution failed"));
        }
        require_own_origin(&parts.headers, &context, &Arc::from_ref(state))
            .map_err(|_| forbidden("Forbidden: Origin mismatch"))?;
        Ok(Self(caller))
    }
}

impl<S> FromRequestParts<S> for OwnPage
where
    S: Send + Sync,
    Sessions: FromRef<S>,
    Arc<HttpPolicy>: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let (caller, context) = signed_in(parts, state).await?;
        require_own_origin(&parts.headers, &context, &Arc::from_ref(state))
            .map_err(|_| forbidden("Forbidden: Origin mismatch"))?;
        Ok(Self(caller))
    }
}

/// Strangers hear that they are strangers, whatever else is wrong with their request.
async fn signed_in<S>(parts: &mut Parts, state: &S) -> Result<(Caller, Context), ApiError>
where
    S: Send + Sync,
    Sessions: FromRef<S>,
{
    let caller = Caller::from_request_parts(parts, state).await?;
    caller.session().await?.ok_or_else(ApiError::unauthorized)?;
    let context = Context::from_request_parts(parts, state).await?;
    Ok((caller, context))
}

fn forbidden(text: &'static str) -> ApiError {
    ApiError::forbidden().with_message(text)
}
