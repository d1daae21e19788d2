//! How many streams a user may have open at once, in all processes together.
//!
//! An open stream is an entry in a rate limit whose window is a stream's lifetime: it is handed
//! back when the stream ends, and where a process dies with its streams it is over by itself.

use or3_domain::limits::Policy;
use or3_http::{ApiError, Context, RateLimits, Remaining, Ticket};

use crate::Timing;

/// The most streams of one user at a time.
const MOST: u32 = 20;

/// One open stream.
pub(crate) struct Place {
    limits: RateLimits,
    user: String,
    ticket: Option<Ticket>,
}

impl Place {
    /// # Errors
    ///
    /// 429 when the user has as many streams as they may.
    pub(crate) async fn take(
        limits: &RateLimits,
        context: &Context,
        user: &str,
        timing: Timing,
    ) -> Result<Self, ApiError> {
        let policy = Policy {
            name: "sync:stream:open",
            max_requests: MOST,
            window: timing.lifetime + timing.heartbeat,
        };
        let ticket = limits
            .admit(context, user, policy, Remaining::Untold)
            .await?;
        Ok(Self {
            limits: limits.clone(),
            user: user.to_owned(),
            ticket,
        })
    }

    /// Hands the place back.
    pub(crate) async fn leave(&mut self) {
        give_back(&self.limits, &self.user, self.ticket.take()).await;
    }
}

/// A store that is away keeps the place until its window is over.
async fn give_back(limits: &RateLimits, user: &str, ticket: Option<Ticket>) {
    if let Err(error) = limits.refund(user, ticket).await {
        tracing::warn!(error = error.message(), "the place of a stream stays taken");
    }
}

impl Drop for Place {
    /// For clients that go away in the middle.
    fn drop(&mut self) {
        let Some(ticket) = self.ticket.take() else {
            return;
        };
        let (limits, user) = (self.limits.clone(), std::mem::take(&mut self.user));
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { give_back(&limits, &user, Some(ticket)).await });
        }
    }
}
