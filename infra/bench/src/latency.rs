//! Latencies and their percentiles.

use std::time::Duration;

/// How long each request took.
#[derive(Clone, Debug, Default)]
pub struct Latencies {
    sorted: Vec<Duration>,
}

impl Latencies {
    /// Takes latencies in any order.
    pub fn of(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        Self { sorted: all }
    }

    /// How many requests there were.
    pub fn count(&self) -> usize {
        self.sorted.len()
    }

    /// The latency that `percent` of the requests did not exceed (nearest rank); zero without
    /// requests.
    pub fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.sorted.len() * percent).div_ceil(100).max(1);
        self.sorted.get(rank - 1).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let all = Latencies::of((1..=200).rev().map(Duration::from_millis).collect());
        assert_eq!(all.percentile(50), Duration::from_millis(100));
        assert_eq!(all.percentile(99), Duration::from_millis(198));
        assert_eq!(all.percentile(100), Duration::from_millis(200));
        assert_eq!(Latencies::default().percentile(50), Duration::ZERO);
    }
}
