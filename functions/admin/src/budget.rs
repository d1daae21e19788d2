//! The budget that the super admin's requests share, counted by the client's address (auth
//! contract, 10.6).

use http::StatusCode;
use or3_domain::limits::Policy;
use or3_http::{ApiError, Context, Remaining, Ticket};

use crate::Ports;

pub(crate) const SHARED: Policy = Policy::per_minute("admin-api", 20);

/// Counts a request among those that share a budget.
pub(crate) async fn count(ports: &Ports, context: &Context) -> Result<(), ApiError> {
    let subject = context.client_key();
    let counted = count_by(ports, context, &subject, SHARED).await;
    counted
        .map(drop)
        .map_err(|refused| said(refused, "Too many requests"))
}

/// Counts a request of `subject`. What cannot be counted is refused: these budgets keep people from
/// guessing.
pub(crate) async fn count_by(
    ports: &Ports,
    context: &Context,
    subject: &str,
    budget: Policy,
) -> Result<Option<Ticket>, ApiError> {
    let mut limits = ports.limits.clone();
    limits.policies = limits.policies.guarding();
    limits
        .admit(context, subject, budget, Remaining::Untold)
        .await
}

/// A refusal in the contract's words; other trouble as it is.
pub(crate) fn said(error: ApiError, text: &'static str) -> ApiError {
    if error.status() == StatusCode::TOO_MANY_REQUESTS {
        error.with_message(text)
    } else {
        error
    }
}
