//! Chances that come out the same for the same seed.

use std::sync::{Mutex, PoisonError};

/// A sequence of draws. Each place that draws has one of its own, so that what happens in one
/// place changes nothing in another.
pub(super) struct Chance {
    state: Mutex<u64>,
}

impl Chance {
    /// The sequence of `place` under `seed`.
    pub(super) fn of(seed: u64, place: u64) -> Self {
        Self {
            state: Mutex::new(seed.wrapping_mul(0x2545_F491_4F6C_DD1D) ^ place),
        }
    }

    /// A number from 0 to less than 1 (`SplitMix64`, by its upper 53 bits).
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    pub(super) fn draw(&self) -> f64 {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(seed: u64, place: u64) -> Vec<f64> {
        let chance = Chance::of(seed, place);
        (0..1000).map(|_| chance.draw()).collect()
    }

    #[test]
    fn a_seed_gives_the_same_draws_and_another_seed_or_place_gives_others() {
        assert_eq!(draws(1, 1), draws(1, 1));
        assert_ne!(draws(1, 1), draws(2, 1));
        assert_ne!(draws(1, 1), draws(1, 2));
    }

    #[test]
    fn as_many_draws_are_below_a_share_as_the_share_says() {
        let drawn = draws(7, 0);
        assert!(drawn.iter().all(|draw| (0.0..1.0).contains(draw)));
        let below = drawn.iter().filter(|draw| **draw < 0.05).count();
        assert!((30..=70).contains(&below), "{below} of 1000");
    }
}
