//! A table of so many places at most, each taken once and never given back: looking one up takes no
//! lock, and whatever comes when all are taken shares one more.

use std::sync::OnceLock;

/// A table of `V` by key.
#[derive(Debug)]
pub(super) struct Places<K, V, const N: usize> {
    places: [OnceLock<(K, V)>; N],
    others: V,
}

impl<K, V, const N: usize> Places<K, V, N> {
    /// A table whose places are all free; `others` is for whatever finds none.
    pub(super) const fn new(others: V) -> Self {
        Self {
            places: [const { OnceLock::new() }; N],
            others,
        }
    }

    /// The place of the key that `is` knows, which `make` takes if nobody has it yet. Looking begins
    /// at a place that `hash` says.
    pub(super) fn of(&self, hash: u64, is: impl Fn(&K) -> bool, make: impl Fn() -> (K, V)) -> &V {
        let first = usize::try_from(hash % N as u64).unwrap_or(0);
        for step in 0..N {
            let place = self.places[(first + step) % N].get_or_init(&make);
            if is(&place.0) {
                return &place.1;
            }
        }
        &self.others
    }

    /// What there is, in no order; the shared place comes last, without a key.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Option<&K>, &V)> {
        let taken = self.places.iter().filter_map(OnceLock::get);
        let taken = taken.map(|(key, value)| (Some(key), value));
        taken.chain([(None, &self.others)])
    }
}

/// Spreads short texts over a table (FNV-1a).
pub(super) fn spread(text: &str, seed: u8) -> u64 {
    let bytes = text.bytes().chain([seed]);
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Counter;

    #[test]
    fn each_key_has_a_place_of_its_own_until_all_are_taken() {
        let table = Places::<u64, Counter, 3>::new(Counter::new());
        let count = |key: u64| {
            let place = table.of(key, |taken| *taken == key, || (key, Counter::new()));
            place.one();
        };
        for key in [3, 6, 3, 9, 12, 15, 6, 3] {
            count(key);
        }
        let mut counted: Vec<_> = table
            .iter()
            .map(|(key, count)| (key.copied(), count.get()))
            .collect();
        counted.sort_unstable();
        assert_eq!(
            counted,
            [(None, 2), (Some(3), 3), (Some(6), 2), (Some(9), 1)]
        );
    }

    #[test]
    fn many_who_come_at_once_agree_on_the_places() {
        let table = Places::<u64, Counter, 8>::new(Counter::new());
        std::thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| {
                    for round in 0..800_u64 {
                        let key = round % 8;
                        let make = || (key, Counter::new());
                        table.of(key * 8, |taken| *taken == key, make).one();
                    }
                });
            }
        });
        let counts: Vec<_> = table.iter().map(|(_, count)| count.get()).collect();
        assert_eq!(counts, [400, 400, 400, 400, 400, 400, 400, 400, 0]);
    }
}
