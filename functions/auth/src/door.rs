//! What every password endpoint checks before its body is read (auth contract, 3.2): there are
//! passwords here, never kept, from an own page, within the budget.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderValue};
use http::request::Parts;
use or3_domain::auth::Accounts;
use or3_domain::limits::Policy;
use or3_http::{ApiError, Context, RateLimits, Remaining, require_own_origin};

use crate::Ports;

/// One password endpoint.
pub(crate) trait Operation {
    /// Its budget for each client address. Neither overrides of other limits nor the switch that
    /// turns limits off reach it (6.6).
    const BUDGET: Policy;
}

/// The request passed the door of `O`.
pub(crate) struct Door<O> {
    /// The accounts behind it.
    pub(crate) accounts: Accounts,
    operation: PhantomData<O>,
}

impl<O: Operation> FromRequestParts<Ports> for Door<O> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &Ports) -> Result<Self, ApiError> {
        let context = Context::from_request_parts(parts, state).await?;
        let accounts = state.accounts.clone().ok_or_else(no_passwords)?;
        context.set_header(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        require_own_origin(&parts.headers, &context, &state.policy)?;
        count(&state.limits, &context, O::BUDGET).await?;
        Ok(Self {
            accounts,
            operation: PhantomData,
        })
    }
}

/// What a deployment answers whose identities are proved elsewhere.
pub(crate) fn no_passwords() -> ApiError {
    let text = "Authentication provider is not configured";
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, text)
}

/// What somebody is told whose budget is used up.
pub(crate) const TOO_MANY: &str = "Too many requests";

async fn count(limits: &RateLimits, context: &Context, budget: Policy) -> Result<(), ApiError> {
    let limits = RateLimits {
        policies: limits.policies.always_on(),
        ..limits.clone()
    };
    let subject = context.client_key();
    let counted = limits
        .admit(context, &subject, budget, Remaining::After)
        .await;
    match counted {
        Err(refusal) if refusal.status() == StatusCode::TOO_MANY_REQUESTS => {
            Err(refusal.with_message(TOO_MANY))
        }
        other => other.map(drop),
    }
}
