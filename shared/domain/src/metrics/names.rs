//! Counters by a name that this build gives.

use super::Counter;
use super::places::{Places, spread};

/// As many names as there can be: limits have about twenty.
const NAMES: usize = 64;

/// Counters by name.
#[derive(Debug)]
pub struct Names(Places<&'static str, Counter, NAMES>);

impl Names {
    /// No names yet.
    pub const fn new() -> Self {
        Self(Places::new(Counter::new()))
    }

    /// The counter of `name`.
    pub fn of(&self, name: &'static str) -> &Counter {
        let make = || (name, Counter::new());
        self.0.of(spread(name, 0), |taken| *taken == name, make)
    }

    /// Every name that was counted, sorted.
    pub fn all(&self) -> Vec<(&'static str, &Counter)> {
        let counted = self.0.iter().filter(|(_, counter)| counter.get() > 0);
        let mut all: Vec<_> = counted
            .map(|(name, counter)| (name.copied().unwrap_or("other"), counter))
            .collect();
        all.sort_unstable_by_key(|(name, _)| *name);
        all
    }

    /// All names together since the last time.
    pub fn take(&self) -> u64 {
        self.0.iter().map(|(_, counter)| counter.take()).sum()
    }
}

impl Default for Names {
    fn default() -> Self {
        Self::new()
    }
}
