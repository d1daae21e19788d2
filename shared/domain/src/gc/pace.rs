//! How large pieces are, and how long a collection rests between them.
//!
//! Whoever pushes while a piece is written waits for it, and the tail of pushes is made of those.
//! So while others write, pieces are small enough that nobody notices one, and a collection rests
//! now and then. Alone it takes large pieces.

use std::time::Duration;

/// Whether somebody else writes to the same database just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Company {
    /// Nobody does, as far as this process can see.
    Alone,
    /// Somebody does.
    Shared,
}

/// What is right in a company.
struct Rule {
    /// A piece of this length is right. What it waits for itself (a flush, a busy machine, a server
    /// far away) counts too, so that it says little where pieces are small.
    piece: Duration,
    /// No piece is larger, however fast: a hundred rows are written in about the time of a flush.
    most: u32,
    /// How much of the time that it worked a collection rests, in eighths.
    rest: u32,
}

impl Company {
    const fn rule(self) -> Rule {
        match self {
            Self::Alone => Rule {
                piece: Duration::from_millis(10),
                most: 2000,
                rest: 1,
            },
            Self::Shared => Rule {
                piece: Duration::from_millis(10),
                most: 96,
                rest: 2,
            },
        }
    }
}

/// Finds the largest piece that keeps writers waiting for a short time only: a piece that took
/// long is followed by smaller ones, a piece that took no time by larger ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    at_most: u32,
}

/// Pieces that take long for another reason than their size would become too small to get on.
const FEWEST: u32 = 32;

impl Default for Pace {
    fn default() -> Self {
        Self {
            at_most: Company::Shared.rule().most,
        }
    }
}

impl Pace {
    /// How many things the next piece may take.
    pub(super) fn at_most(self, company: Company) -> u32 {
        self.at_most.min(company.rule().most)
    }

    /// Learns from a piece that took `elapsed` in this company.
    #[must_use]
    pub(super) fn after(self, elapsed: Duration, company: Company) -> Self {
        let (rule, at_most) = (company.rule(), self.at_most(company));
        let at_most = if elapsed > rule.piece * 2 {
            at_most / 2
        } else if elapsed < rule.piece {
            at_most + at_most / 4
        } else {
            at_most
        };
        Self {
            at_most: at_most.clamp(FEWEST, rule.most),
        }
    }
}

/// The time that a collection leaves to others.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rest {
    owed: Duration,
}

/// What timers can measure: less is added up.
const SHORTEST: Duration = Duration::from_millis(1);

/// However slow a piece was, nobody gains by a longer rest.
const LONGEST: Duration = Duration::from_millis(50);

impl Rest {
    /// Owes for `elapsed` of work in this company.
    #[must_use]
    pub(super) fn after(self, elapsed: Duration, company: Company) -> Self {
        Self {
            owed: self.owed + elapsed * company.rule().rest / 8,
        }
    }

    /// How long to rest now, if it is time to.
    pub(super) fn due(self) -> Option<Duration> {
        (self.owed >= SHORTEST).then(|| self.owed.min(LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(pieces: u32, elapsed: Duration, company: Company) -> u32 {
        let pace = (0..pieces).fold(Pace::default(), |pace, _| pace.after(elapsed, company));
        pace.at_most(company)
    }

    #[test]
    fn slow_pieces_become_small_at_once_and_fast_ones_large_bit_by_bit() {
        let alone = Company::Alone;
        assert_eq!(after(1, Duration::from_millis(50), alone), 48);
        assert_eq!(after(1, Duration::from_millis(1), alone), 120);
        assert_eq!(after(1, Duration::from_millis(15), alone), 96);
    }

    #[test]
    fn pieces_stay_between_the_bounds_of_their_company() {
        for (company, most) in [(Company::Alone, 2000), (Company::Shared, 96)] {
            assert_eq!(after(99, Duration::from_secs(1), company), FEWEST);
            assert_eq!(after(99, Duration::ZERO, company), most);
        }
    }

    #[test]
    fn whoever_is_joined_takes_small_pieces_from_the_next_one_on() {
        let alone = (0..99).fold(Pace::default(), |pace, _| {
            pace.after(Duration::ZERO, Company::Alone)
        });
        assert_eq!(alone.at_most(Company::Shared), 96);
        let joined = alone.after(Duration::from_millis(25), Company::Shared);
        assert_eq!(joined.at_most(Company::Shared), 48);
    }

    #[test]
    fn a_fifth_of_the_time_is_left_to_others_and_a_ninth_when_there_are_none() {
        let work = Duration::from_millis(8);
        let rest = |company| Rest::default().after(work, company).due();
        assert_eq!(rest(Company::Shared), Some(Duration::from_millis(2)));
        assert_eq!(rest(Company::Alone), Some(Duration::from_millis(1)));
    }

    #[test]
    fn short_rests_are_added_up_and_long_ones_are_cut() {
        let piece = Duration::from_micros(1600);
        let shared = Company::Shared;
        let two = Rest::default().after(piece, shared).after(piece, shared);
        assert_eq!(two.due(), None);
        let three = two.after(piece, shared);
        assert_eq!(three.due(), Some(piece * 3 / 4));
        let slow = Rest::default().after(Duration::from_secs(9), shared);
        assert_eq!(slow.due(), Some(LONGEST));
    }
}
