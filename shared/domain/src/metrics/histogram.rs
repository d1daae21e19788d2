//! How long things took.

use std::time::Duration;

use super::Counter;

/// Upper bounds of the buckets, in microseconds. 500 ms is among them: the objective for answers is
/// counted, not estimated.
pub const BOUNDS_MICROS: [u64; 13] = [
    1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    5_000_000, 10_000_000,
];

/// Counts durations by bucket.
#[derive(Debug, Default)]
pub struct Histogram {
    /// One for each bound, and one for what is longer; each counts what no bucket before it does.
    buckets: [Counter; BOUNDS_MICROS.len() + 1],
    sum_micros: Counter,
}

impl Histogram {
    /// A histogram of nothing.
    pub const fn new() -> Self {
        Self {
            buckets: [const { Counter::new() }; BOUNDS_MICROS.len() + 1],
            sum_micros: Counter::new(),
        }
    }

    /// Counts `span`.
    pub fn observe(&self, span: Duration) {
        let micros = u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_MICROS.partition_point(|bound| *bound < micros);
        self.buckets[bucket].one();
        self.sum_micros.add(micros);
    }

    /// How many took no longer than each bound, and how many there are in all: each number holds
    /// the one before it.
    pub fn cumulated(&self) -> [u64; BOUNDS_MICROS.len() + 1] {
        let mut sum = 0;
        std::array::from_fn(|bucket| {
            sum += self.buckets[bucket].get();
            sum
        })
    }

    /// All of them together, in microseconds.
    pub fn sum_micros(&self) -> u64 {
        self.sum_micros.get()
    }

    /// Forgets all, and says what there was: how many, how many of them took longer than
    /// `bound_micros` (one of the bounds), and all together in microseconds.
    pub fn take(&self, bound_micros: u64) -> (u64, u64, u64) {
        let within = BOUNDS_MICROS.partition_point(|bound| *bound <= bound_micros);
        let (mut all, mut longer) = (0, 0);
        for (bucket, count) in self.buckets.iter().enumerate() {
            let count = count.take();
            all += count;
            longer += if bucket < within { 0 } else { count };
        }
        (all, longer, self.sum_micros.take())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_counts_for_every_bound_that_it_keeps() {
        let histogram = Histogram::new();
        for millis in [1, 500, 501, 20_000] {
            histogram.observe(Duration::from_millis(millis));
        }
        let counts = histogram.cumulated();
        assert_eq!(counts, [1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 3, 3, 3, 4]);
        assert_eq!(histogram.sum_micros(), 21_002_000);
        assert_eq!(histogram.take(500_000), (4, 2, 21_002_000));
        assert_eq!(histogram.take(500_000), (0, 0, 0));
    }
}
