//! The last day, a minute at a time, for pictures. Kept by a process that lives that long; a
//! function has none.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::{BOUNDS_MICROS, Class, Metrics};
use crate::clock::Timestamp;

/// How many samples are kept: a day of minutes.
const KEPT: usize = 24 * 60;

/// What one interval came to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// When the interval ended, in seconds since the epoch.
    pub at_seconds: i64,
    /// Requests that were answered.
    pub requests: u64,
    /// Of these, with a status of the 500s.
    pub errors: u64,
    /// Of these, with 429.
    pub rate_limited: u64,
    /// Half of the answers took no longer, in milliseconds: the upper bound of a bucket of the
    /// histogram. 0 without any answer.
    pub p50_ms: f64,
    /// Of a hundred answers 95 took no longer, likewise.
    pub p95_ms: f64,
    /// Round trips to stores.
    pub round_trips: u64,
    /// What files weighed in bytes when that was last counted.
    pub stored_bytes: i64,
    /// How many versions change logs held then.
    pub change_log_versions: i64,
}

/// Samples, the oldest first.
#[derive(Debug, Default)]
pub struct History(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    samples: VecDeque<Sample>,
    last: Totals,
}

/// What was counted since the start.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    answers: [u64; Class::ALL.len()],
    buckets: [u64; BOUNDS_MICROS.len() + 1],
    round_trips: u64,
}

impl History {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Inner {
            samples: VecDeque::new(),
            last: Totals {
                answers: [0; Class::ALL.len()],
                buckets: [0; BOUNDS_MICROS.len() + 1],
                round_trips: 0,
            },
        }))
    }

    /// Ends an interval at `now`: what `metrics` has counted since the one before is its sample.
    pub fn sample(&self, metrics: &Metrics, now: Timestamp) {
        let total = Totals::of(metrics);
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sample = total.since(&inner.last, metrics, now);
        inner.last = total;
        if inner.samples.len() == KEPT {
            inner.samples.pop_front();
        }
        inner.samples.push_back(sample);
    }

    /// The samples that end after `after_seconds`, the oldest first.
    pub fn since(&self, after_seconds: i64) -> Vec<Sample> {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let samples = inner.samples.iter();
        let wanted = samples.filter(|sample| sample.at_seconds > after_seconds);
        wanted.copied().collect()
    }
}

impl Totals {
    fn of(metrics: &Metrics) -> Self {
        let mut total = Self {
            round_trips: metrics.round_trips.get(),
            ..Self::default()
        };
        for (_, _, route) in metrics.routes.each() {
            for (sum, class) in total.answers.iter_mut().zip(Class::ALL) {
                *sum += route.answers(class).get();
            }
            let buckets = route.duration.cumulated();
            total
                .buckets
                .iter_mut()
                .zip(buckets)
                .for_each(|(sum, bucket)| *sum += bucket);
        }
        total
    }

    fn since(&self, last: &Self, metrics: &Metrics, now: Timestamp) -> Sample {
        let answers = |class: Class| {
            self.answers[class as usize].saturating_sub(last.answers[class as usize])
        };
        let mut buckets = self.buckets;
        buckets
            .iter_mut()
            .zip(last.buckets)
            .for_each(|(now, before)| *now -= before.min(*now));
        Sample {
            at_seconds: now.seconds(),
            requests: Class::ALL.into_iter().map(answers).sum(),
            errors: answers(Class::ServerError),
            rate_limited: answers(Class::TooMany),
            p50_ms: within(&buckets, 50),
            p95_ms: within(&buckets, 95),
            round_trips: self.round_trips.saturating_sub(last.round_trips),
            stored_bytes: metrics.stock.stored_bytes.get(),
            change_log_versions: metrics.stock.change_log_versions.get(),
        }
    }
}

/// The smallest bound that `percent` of all keep, in milliseconds; ten seconds are the largest.
fn within(buckets: &[u64; BOUNDS_MICROS.len() + 1], percent: u64) -> f64 {
    let all = buckets[BOUNDS_MICROS.len()];
    let wanted = (all * percent).div_ceil(100);
    if all == 0 {
        return 0.0;
    }
    let bucket = buckets.partition_point(|count| *count < wanted);
    let bound = BOUNDS_MICROS[bucket.min(BOUNDS_MICROS.len() - 1)];
    f64::from(u32::try_from(bound).unwrap_or(u32::MAX)) / 1000.0
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::metrics::Answered;

    fn answer(metrics: &Metrics, status: u16, millis: u64) {
        metrics.asked().answered(&Answered {
            method: "GET",
            route: "/api/health",
            status,
            duration: Duration::from_millis(millis),
            round_trips: 1,
        });
    }

    #[test]
    fn a_sample_is_what_came_since_the_one_before() {
        let (metrics, minute) = (Metrics::default(), |n: i64| Timestamp::from_seconds(60 * n));
        let history = &metrics.history;
        (0..90).for_each(|_| answer(&metrics, 200, 4));
        (0..10).for_each(|_| answer(&metrics, 503, 700));
        history.sample(&metrics, minute(1));
        answer(&metrics, 429, 1);
        metrics.stock.stored_bytes.set(7);
        history.sample(&metrics, minute(2));
        history.sample(&metrics, minute(3));
        let [first, second, third] = history.since(0)[..] else {
            panic!("three samples");
        };
        assert_eq!(
            (first.requests, first.errors, first.round_trips),
            (100, 10, 100)
        );
        let percentiles = [first.p50_ms, first.p95_ms].map(|ms| ms.to_string());
        assert_eq!(percentiles, ["5", "1000"]);
        assert_eq!(
            (second.requests, second.rate_limited, second.stored_bytes),
            (1, 1, 7)
        );
        assert_eq!(
            (third.requests, third.p95_ms.to_string()),
            (0, "0".to_owned())
        );
        assert_eq!(history.since(120), [third]);
    }

    #[test]
    fn a_day_is_kept() {
        let metrics = Metrics::default();
        for minute in 0..2000 {
            metrics
                .history
                .sample(&metrics, Timestamp::from_seconds(60 * minute));
        }
        let kept = metrics.history.since(-1);
        assert_eq!((kept.len(), kept[0].at_seconds), (KEPT, 60 * (2000 - 1440)));
    }
}
