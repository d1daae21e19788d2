//! The end of an invocation's time. Lambda ends a function that is late in the middle of what it
//! does and answers for it; so each invocation ends itself a little earlier.

use std::borrow::Cow;
use std::future::Future;
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lambda_runtime::Context;
use or3_domain::clock::{Clock, SystemClock, Timestamp};
use or3_domain::error::{DomainError, ErrorKind};
use or3_http::ApiError;

/// What is left of an invocation's time when its work is given up: to roll back, and to answer.
const MARGIN: Duration = Duration::from_millis(500);

/// The work was given up. What it had committed stays; what it had begun is rolled back.
#[derive(Debug, thiserror::Error)]
#[error(
    "the invocation's time was over: what was done by then stays, the rest is to be asked for \
     again; raise the function's Timeout if this happens often"
)]
pub(crate) struct OutOfTime;

impl DomainError for OutOfTime {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Unavailable
    }

    fn message(&self) -> Cow<'static, str> {
        "Service Unavailable".into()
    }
}

/// No moment before this is one at which an invocation ends.
const FIRST: Timestamp = Timestamp::from_seconds(1_000_000_000);

/// When Lambda ends the invocation. `cargo lambda watch` says for how long it may last instead, in
/// the same header: ten minutes, which as a moment would be in 1970.
pub(crate) fn end_of(context: &Context) -> Timestamp {
    let end = Timestamp::from_millis(i64::try_from(context.deadline).unwrap_or(i64::MAX));
    if end < FIRST {
        return SystemClock
            .now()
            .plus(Duration::from_millis(context.deadline));
    }
    end
}

/// Awaits `work` as long as the invocation lasts; then drops it, by which its stores roll back
/// what they have not committed.
pub(crate) async fn in_time<F: Future>(context: &Context, work: F) -> Result<F::Output, OutOfTime> {
    let left = end_of(context).minus(MARGIN).millis() - SystemClock.now().millis();
    let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
    let outcome = tokio::time::timeout(left, work).await;
    outcome.map_err(|_| OutOfTime)
}

/// The layer that answers 503 with `Retry-After` for a request that took too long.
pub(crate) async fn answer_in_time(request: Request, next: Next) -> Response {
    let Some(context) = request.extensions().get::<Context>().cloned() else {
        return next.run(request).await;
    };
    let answer = in_time(&context, next.run(request)).await;
    answer.unwrap_or_else(|late| ApiError::from(late).into_response())
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    fn ending_in(millis: i64) -> Context {
        let end = SystemClock.now().millis() + millis;
        let mut context = Context::default();
        context.deadline = u64::try_from(end).expect("after the epoch");
        context
    }

    #[tokio::test]
    async fn work_that_is_done_in_time_is_returned() {
        let context = ending_in(60_000);
        assert_eq!(in_time(&context, ready(7)).await.expect("in time"), 7);
    }

    #[tokio::test]
    async fn work_that_would_be_late_is_given_up_before_lambda_does() {
        let context = ending_in(700);
        assert!(in_time(&context, pending::<()>()).await.is_err());
        assert!(SystemClock.now() < end_of(&context));
    }

    #[tokio::test]
    async fn an_emulator_that_says_for_how_long_gets_that() {
        let mut context = Context::default();
        context.deadline = 600_000;
        let left = end_of(&context).millis() - SystemClock.now().millis();
        assert!((599_000..=600_000).contains(&left), "{left}");
    }

    #[tokio::test]
    async fn an_invocation_whose_time_is_over_ends_at_once() {
        assert!(in_time(&ending_in(-1), pending::<()>()).await.is_err());
    }
}
