//! Whether a page of ours sent a mutation on purpose (auth contract, 10.3).

use axum::extract::FromRequestParts;
use http::header::{ORIGIN, REFERER};
use http::request::Parts;
use or3_http::{ApiError, Caller, Context, require_own_origin};

use crate::Ports;

const INTENT: &str = "x-or3-admin-intent";

/// The request carries the intent header and comes from a page of this host: what every client
/// sends with changes to members.
pub(crate) struct Intent(pub(crate) Caller);

/// The request comes from a page of this host, or from no page: what the oldest clients send with
/// changes to invites.
pub(crate) struct OwnPage(pub(crate) Caller);

impl FromRequestParts<Ports> for Intent {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &Ports) -> Result<Self, ApiError> {
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
        require_own_origin(&parts.headers, &context, &state.policy)
            .map_err(|_| forbidden("Forbidden: Origin mismatch"))?;
        Ok(Self(caller))
    }
}

impl FromRequestParts<Ports> for OwnPage {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &Ports) -> Result<Self, ApiError> {
        let (caller, context) = signed_in(parts, state).await?;
        require_own_origin(&parts.headers, &context, &state.policy)
            .map_err(|_| forbidden("Forbidden: Origin mismatch"))?;
        Ok(Self(caller))
    }
}

/// Strangers hear that they are strangers, whatever else is wrong with their request.
async fn signed_in(parts: &mut Parts, state: &Ports) -> Result<(Caller, Context), ApiError> {
    let caller = Caller::from_request_parts(parts, state).await?;
    caller.session().await?.ok_or_else(ApiError::unauthorized)?;
    let context = Context::from_request_parts(parts, state).await?;
    Ok((caller, context))
}

fn forbidden(text: &'static str) -> ApiError {
    ApiError::forbidden().with_message(text)
}
