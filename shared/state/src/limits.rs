//! [`RateLimiter`] on rows: one row a counted request, the sliding window a range of them.

use std::time::Duration;

use async_trait::async_trait;
use or3_domain::clock::Timestamp;
use or3_domain::limits::{Admission, Policy, RateLimiter};
use or3_domain::store::StoreError;

use crate::database::{Database, answers};
use crate::statement::Statement;

/// Counts requests in the limits database.
pub(crate) struct LibsqlRateLimiter {
    database: Database,
}

impl LibsqlRateLimiter {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl RateLimiter for LibsqlRateLimiter {
    async fn admit(
        &self,
        subject: &str,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Admission, StoreError> {
        let window_start = now.minus(policy.window).millis();
        let max = i64::from(policy.max_requests);
        let about = |sql| {
            Statement::new(sql)
                .bind(policy.name)
                .bind(subject)
                .bind(window_start)
        };
        let batch = vec![
            about(FORGET),
            about(COUNT_IN)
                .bind(max)
                .bind(now.millis())
                .bind(now.plus(policy.window).millis()),
            about(TELL).bind(max).bind(now.millis()),
        ];
        let [_, _, told] = answers(self.database.write(batch).await?)?;
        let told = told
            .into_first()
            .ok_or_else(|| StoreError::Fault("a count without a row".to_owned()))?;
        if let Some(used) = told.opt_int(0)? {
            let used = u32::try_from(used).unwrap_or(u32::MAX);
            return Ok(Admission::Admitted {
                remaining_before: policy.max_requests.saturating_sub(used),
            });
        }
        let leaves = Timestamp::from_millis(told.opt_int(1)?.unwrap_or(now.millis()));
        Ok(Admission::Refused {
            retry_after: at_least_a_moment(leaves.plus(policy.window), now),
        })
    }

    async fn refund(
        &self,
        subject: &str,
        policy: &Policy,
        counted_at: Timestamp,
    ) -> Result<(), StoreError> {
        let refund = Statement::new(REFUND);
        let refund = refund
            .bind(policy.name)
            .bind(subject)
            .bind(counted_at.millis());
        self.database.execute(refund).await.map(drop)
    }

    async fn clear(&self, subject: &str, policy: &Policy) -> Result<(), StoreError> {
        let clear = Statement::new(CLEAR).bind(policy.name).bind(subject);
        self.database.execute(clear).await.map(drop)
    }
}

fn at_least_a_moment(leaves: Timestamp, now: Timestamp) -> Duration {
    let millis = leaves.millis().saturating_sub(now.millis()).max(1);
    Duration::from_millis(millis.unsigned_abs())
}

const FORGET: &str = "DELETE FROM rate_hits WHERE policy = ?1 AND subject = ?2 AND hit_at <= ?3";

/// Counts a request unless the window is full: then `used` is NULL, which the column refuses.
const COUNT_IN: &str =
    "INSERT OR IGNORE INTO rate_hits (policy, subject, hit_at, nonce, expires_at, used)
    VALUES (?1, ?2, ?5, coalesce((
            SELECT max(nonce) + 1 FROM rate_hits
            WHERE policy = ?1 AND subject = ?2 AND hit_at = ?5), 0),
        ?6, (
            SELECT iif(count(*) < ?4, count(*), NULL) FROM rate_hits
            WHERE policy = ?1 AND subject = ?2 AND hit_at > ?3))";

/// What the statement before did: how many requests were counted before this one, or the one whose
/// leaving makes room: with more entries than the limit (it was lowered), that is not the oldest.
const TELL: &str = "SELECT iif(changes() = 1, (
            SELECT used FROM rate_hits
            WHERE policy = ?1 AND subject = ?2 AND hit_at = ?5 ORDER BY nonce DESC LIMIT 1), NULL),
        iif(changes() = 1, NULL, (
            SELECT hit_at FROM rate_hits
            WHERE policy = ?1 AND subject = ?2 AND hit_at > ?3
            ORDER BY hit_at DESC, nonce DESC LIMIT 1 OFFSET max(?4 - 1, 0)))";

const CLEAR: &str = "DELETE FROM rate_hits WHERE policy = ?1 AND subject = ?2";

const REFUND: &str = "DELETE FROM rate_hits WHERE (policy, subject, hit_at, nonce) IN (
    SELECT policy, subject, hit_at, nonce FROM rate_hits
    WHERE policy = ?1 AND subject = ?2 AND hit_at = ?3 ORDER BY nonce DESC LIMIT 1)";
