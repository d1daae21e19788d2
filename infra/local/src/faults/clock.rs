//! A clock that is wrong.

use or3_domain::clock::{Clock, SystemClock, Timestamp};

/// The system's clock, moved.
pub(super) struct SkewedClock {
    ahead_millis: i64,
}

impl SkewedClock {
    /// A clock that is ahead of the system's, or behind it if `millis` is below 0.
    pub(super) const fn ahead_by(millis: i64) -> Self {
        Self {
            ahead_millis: millis,
        }
    }
}

impl Clock for SkewedClock {
    fn now(&self) -> Timestamp {
        let now = SystemClock.now().millis();
        Timestamp::from_millis(now.saturating_add(self.ahead_millis))
    }
}
