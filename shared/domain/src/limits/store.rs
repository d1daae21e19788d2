//! The port behind which requests are counted.

use std::time::Duration;

use async_trait::async_trait;

use super::Policy;
use crate::clock::Timestamp;
use crate::store::StoreError;

/// What became of one request that asked for room in its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// There was room, and the request is counted.
    Admitted {
        /// How many more would have fitted before this one was counted.
        remaining_before: u32,
    },
    /// There was no room; nothing was counted.
    Refused {
        /// When the oldest counted request leaves the window: at least one millisecond.
        retry_after: Duration,
    },
}

/// Counts requests per subject in a sliding window (sync contract, 3.6).
#[async_trait]
pub trait RateLimiter: Send + Sync {
    /// Counts a request of `subject` under `policy` if fewer than `max_requests` counted ones are
    /// younger than the window at `now`; a request exactly as old as the window no longer counts.
    ///
    /// Check and count are one atomic step across all processes, in one round trip. Requests that
    /// are refused do not extend the wait.
    async fn admit(
        &self,
        subject: &str,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Admission, StoreError>;

    /// Takes back the newest request of `subject` that was counted at `counted_at`: for budgets
    /// that count only requests which succeed. Without such a request it does nothing.
    async fn refund(
        &self,
        subject: &str,
        policy: &Policy,
        counted_at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Forgets every counted request of `subject` under `policy`: for budgets of failures, which end
    /// with a success. Without any it does nothing.
    async fn clear(&self, subject: &str, policy: &Policy) -> Result<(), StoreError>;
}
