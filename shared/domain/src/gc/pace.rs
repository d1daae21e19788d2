//! How large the pieces are.

use std::time::Duration;

/// Finds the largest piece that keeps writers waiting for a short time only: a piece that took
/// long is followed by smaller ones, a piece that took no time by larger ones.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    at_most: u32,
}

/// A piece of this length is right; nobody may wait longer than 50 ms, and what a piece waits
/// for itself (a flush, a server far away) counts here too.
const RIGHT: Duration = Duration::from_millis(10);

const FEWEST: u32 = 50;
const MOST: u32 = 2000;

impl Default for Pace {
    fn default() -> Self {
        Self { at_most: 250 }
    }
}

impl Pace {
    /// How many things the next piece may take.
    pub fn at_most(self) -> u32 {
        self.at_most
    }

    /// Learns from a piece that took `elapsed`.
    #[must_use]
    pub fn after(self, elapsed: Duration) -> Self {
        let at_most = if elapsed > RIGHT * 2 {
            self.at_most / 2
        } else if elapsed < RIGHT {
            self.at_most + self.at_most / 4
        } else {
            self.at_most
        };
        Self {
            at_most: at_most.clamp(FEWEST, MOST),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(pieces: u32, elapsed: Duration) -> u32 {
        (0..pieces)
            .fold(Pace::default(), |pace, _| pace.after(elapsed))
            .at_most()
    }

    #[test]
    fn slow_pieces_become_small_at_once_and_fast_ones_large_bit_by_bit() {
        assert_eq!(after(1, Duration::from_millis(50)), 125);
        assert_eq!(after(1, Duration::from_millis(1)), 312);
        assert_eq!(after(1, Duration::from_millis(15)), 250);
    }

    #[test]
    fn pieces_stay_between_the_bounds() {
        assert_eq!(after(99, Duration::from_secs(1)), FEWEST);
        assert_eq!(after(99, Duration::ZERO), MOST);
    }
}
