//! Rate limits at the door: counts, headers, refusals.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use http::header::{HeaderName, HeaderValue};
use or3_domain::clock::{Clock, Timestamp};
use or3_domain::limits::{Admission, Policies, Policy, RateLimiter};
use or3_domain::metrics::metrics;
use or3_domain::store::StoreError;

use crate::context::Context;
use crate::error::{ApiError, seconds_up};

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");

/// The budgets of this deployment and the store that counts them.
#[derive(Clone)]
pub struct RateLimits {
    /// The store.
    pub limiter: Arc<dyn RateLimiter>,
    /// Defaults under overrides.
    pub policies: Policies,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// A counted request: what it takes to hand the place back.
#[derive(Clone, Copy, Debug)]
pub struct Ticket {
    policy: Policy,
    at: Timestamp,
    /// How many more would have fitted before this one was counted.
    pub remaining_before: u32,
}

/// What counting a request came to.
pub(crate) enum Counted {
    /// Limits are switched off, or the volume is full and these budgets let requests pass then.
    Unlimited,
    /// There was room.
    In(Ticket),
    /// There will be room again after a while.
    Out(Policy, Duration),
}

impl Counted {
    /// Puts the rate-limit headers on the answer, and refuses what did not fit.
    pub(crate) fn told(
        self,
        context: &Context,
        tell: Remaining,
    ) -> Result<Option<Ticket>, ApiError> {
        match self {
            Self::Unlimited => Ok(None),
            Self::In(ticket) => {
                tell.admitted(context, ticket.policy, ticket.remaining_before);
                Ok(Some(ticket))
            }
            Self::Out(policy, retry_after) => {
                tell.refused(context, policy);
                Err(refusal(retry_after))
            }
        }
    }

    pub(crate) fn ticket(self) -> Option<Ticket> {
        match self {
            Self::In(ticket) => Some(ticket),
            Self::Unlimited | Self::Out(..) => None,
        }
    }
}

/// Which number `X-RateLimit-Remaining` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remaining {
    /// Requests left before this one is counted (sync contract, 3.5).
    Before,
    /// Requests left after it (auth contract, 3.1 and 3.2).
    After,
    /// None: the answer carries no rate-limit headers.
    Untold,
}

impl Remaining {
    fn admitted(self, context: &Context, policy: Policy, remaining_before: u32) {
        match self {
            Self::Before => tell(context, policy, remaining_before),
            Self::After => tell(context, policy, remaining_before.saturating_sub(1)),
            Self::Untold => {}
        }
    }

    /// A refusal by sync carries `Retry-After` only (sync contract, 3.5).
    fn refused(self, context: &Context, policy: Policy) {
        match self {
            Self::After => tell(context, policy, 0),
            Self::Before | Self::Untold => {}
        }
    }
}

fn tell(context: &Context, policy: Policy, remaining: u32) {
    context.set_header(LIMIT, HeaderValue::from(policy.max_requests));
    context.set_header(REMAINING, HeaderValue::from(remaining));
}

impl RateLimits {
    /// Counts a request of `subject` against `default`'s budget and puts the rate-limit headers on
    /// the answer. `None` means that it was not counted: limits are switched off, or the volume is
    /// full and these budgets are not of the kind that refuses then.
    ///
    /// # Errors
    ///
    /// 429 with `Retry-After` when the budget is used up; nothing is counted then. The text is
    /// `Rate limit exceeded. Retry after <n>s`; callers with another text replace it.
    pub async fn admit(
        &self,
        context: &Context,
        subject: &str,
        default: Policy,
        tell: Remaining,
    ) -> Result<Option<Ticket>, ApiError> {
        self.count(subject, default).await?.told(context, tell)
    }

    /// Whether a request of `subject` fits into `policy` as it is; `None` for one that passes
    /// because there is no room to count it.
    ///
    /// # Errors
    ///
    /// Those of the limiter: a full volume too, where what is not counted is refused.
    pub async fn admission(
        &self,
        subject: &str,
        policy: &Policy,
        at: Timestamp,
    ) -> Result<Option<Admission>, StoreError> {
        match self.limiter.admit(subject, policy, at).await {
            Err(StoreError::Full(found)) if !self.policies.refuses_uncounted() => {
                tracing::warn!(%found, limit = policy.name, "no room to count a request");
                Ok(None)
            }
            admission => admission.map(Some),
        }
    }

    /// Counts a request of `subject` against `default`'s budget and says nothing yet.
    pub(crate) async fn count(&self, subject: &str, default: Policy) -> Result<Counted, ApiError> {
        let Some(policy) = self.policies.effective(default) else {
            return Ok(Counted::Unlimited);
        };
        let at = self.clock.now();
        let Some(admission) = self.admission(subject, &policy, at).await? else {
            return Ok(Counted::Unlimited);
        };
        Ok(match admission {
            Admission::Admitted { remaining_before } => Counted::In(Ticket {
                policy,
                at,
                remaining_before,
            }),
            Admission::Refused { retry_after } => {
                metrics().denials.of(policy.name).one();
                Counted::Out(policy, retry_after)
            }
        })
    }

    /// Hands the place of a request back that should not count after all.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn refund(&self, subject: &str, ticket: Option<Ticket>) -> Result<(), ApiError> {
        let Some(ticket) = ticket else { return Ok(()) };
        Ok(self
            .limiter
            .refund(subject, &ticket.policy, ticket.at)
            .await?)
    }

    /// The limit in force for `default`, if limits are on: for answers that name it on a refusal.
    pub fn maximum(&self, default: Policy) -> Option<u32> {
        self.policies
            .effective(default)
            .map(|policy| policy.max_requests)
    }
}

pub(crate) fn refusal(retry_after: Duration) -> ApiError {
    let seconds = seconds_up(retry_after);
    let text = format!("Rate limit exceeded. Retry after {seconds}s");
    ApiError::new(StatusCode::TOO_MANY_REQUESTS, text).with_retry_after(retry_after)
}
