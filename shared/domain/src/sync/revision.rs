//! Which of two writes of a row is the newer one: last writer wins.

/// Identity and age of a write (sync contract, 8.1).
///
/// The order of the members is the rule: a revision beats another if its clock is greater, then if
/// its `hlc` is, then if its op id is. Text compares byte by byte. Equal revisions do not beat each
/// other. Because op ids are unique this is a total order, so any order of arrival ends in the same
/// row. The device, the time of arrival and the payload play no part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision {
    /// The writing client's counter for the row.
    pub clock: i64,
    /// The writing client's hybrid logical clock, opaque here.
    pub hlc: String,
    /// The op that wrote.
    pub op_id: String,
}

impl Revision {
    /// Whether this write replaces `other`.
    pub fn beats(&self, other: &Self) -> bool {
        self > other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revision(clock: i64, hlc: &str, op_id: &str) -> Revision {
        Revision {
            clock,
            hlc: hlc.to_owned(),
            op_id: op_id.to_owned(),
        }
    }

    #[test]
    fn the_higher_clock_wins_then_the_greater_hlc_then_the_greater_op_id() {
        assert!(revision(2, "a", "a").beats(&revision(1, "z", "z")));
        assert!(revision(1, "b", "a").beats(&revision(1, "a", "z")));
        assert!(revision(1, "a", "b").beats(&revision(1, "a", "a")));
    }

    #[test]
    fn an_equal_revision_does_not_win() {
        assert!(!revision(1, "a", "a").beats(&revision(1, "a", "a")));
    }

    #[test]
    fn text_compares_by_bytes_never_as_numbers_or_letters() {
        let greater = [("9", "10"), ("a", "Z"), ("ab", "a")];
        for (more, less) in greater {
            assert!(
                revision(1, more, "").beats(&revision(1, less, "")),
                "{more} > {less}"
            );
        }
    }

    #[test]
    fn any_two_writes_have_one_winner_and_winning_is_transitive() {
        let texts = ["", "0", "9", "10", "Z", "a", "ab", "é"];
        let all: Vec<_> = (0..3)
            .flat_map(|clock| texts.map(|hlc| texts.map(|op_id| revision(clock, hlc, op_id))))
            .flatten()
            .collect();
        for (place, a) in all.iter().enumerate() {
            for (other, b) in all.iter().enumerate() {
                let wins = usize::from(a.beats(b)) + usize::from(b.beats(a));
                assert_eq!(wins, usize::from(place != other), "{a:?} {b:?}");
                let beaten = |c: &&Revision| b.beats(c);
                assert!(!a.beats(b) || all.iter().filter(beaten).all(|c| a.beats(c)));
            }
        }
    }
}
