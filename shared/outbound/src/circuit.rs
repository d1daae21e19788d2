//! Leaving a destination alone that fails again and again.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use or3_domain::clock::Timestamp;

/// How many calls in a row must fail before a destination is left alone.
pub(crate) const FAILURES: u32 = 5;
/// For how long they must have failed: what one restart breaks at once is no more than that.
pub(crate) const SPAN: Duration = Duration::from_secs(1);
/// For how long, before one call looks whether it is back: as long as clients of ours are told to
/// wait when a store is away.
pub(crate) const OPEN: Duration = Duration::from_secs(1);

/// What this process believes of a destination. Being wrong costs at most [`OPEN`] after a
/// recovery; a process that starts believes the best.
#[derive(Default)]
pub(crate) struct Circuit {
    state: Mutex<State>,
}

#[derive(Clone, Copy)]
enum State {
    /// Calls pass; so many of them have failed in a row, since then.
    Closed(u32, Timestamp),
    /// Nothing passes from this moment on until [`OPEN`] has passed.
    Open(Timestamp),
    /// One call looks.
    Probing,
}

impl Default for State {
    fn default() -> Self {
        Self::Closed(0, Timestamp::from_millis(0))
    }
}

/// A call that may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admitted {
    /// One of many.
    Usual,
    /// The one that looks whether the destination is back.
    Probe,
}

impl Circuit {
    /// Whether a call may be made at `now`.
    pub(crate) fn admit(&self, now: Timestamp) -> Option<Admitted> {
        let mut state = self.lock();
        match *state {
            State::Closed(..) => Some(Admitted::Usual),
            State::Probing => None,
            // A clock that was set back does not keep it open.
            State::Open(since) if since <= now && now < since.plus(OPEN) => None,
            State::Open(_) => {
                *state = State::Probing;
                Some(Admitted::Probe)
            }
        }
    }

    /// A call was answered.
    pub(crate) fn succeeded(&self) {
        *self.lock() = State::default();
    }

    /// A call failed; says whether that opened the circuit. Calls that began before it opened
    /// change nothing any more.
    pub(crate) fn failed(&self, admitted: Admitted, now: Timestamp) -> bool {
        let mut state = self.lock();
        *state = match (*state, admitted) {
            (State::Closed(0, _), _) => State::Closed(1, now),
            (State::Closed(failures, since), _)
                if failures + 1 < FAILURES || now < since.plus(SPAN) =>
            {
                // A clock that was set back does not put it off for ever.
                State::Closed(failures.saturating_add(1), since.min(now))
            }
            (State::Closed(..), _) | (State::Probing, Admitted::Probe) => State::Open(now),
            (State::Open(_) | State::Probing, _) => return false,
        };
        matches!(*state, State::Open(_))
    }

    /// A call ended without saying anything of the destination: another one may look.
    pub(crate) fn gave_up(&self, admitted: Admitted, now: Timestamp) {
        let mut state = self.lock();
        if let (State::Probing, Admitted::Probe) = (*state, admitted) {
            *state = State::Open(now.minus(OPEN));
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        !matches!(*self.lock(), State::Closed(..))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);

    fn opened() -> Circuit {
        let circuit = Circuit::default();
        for failure in 1..FAILURES {
            let at = NOW.minus(SPAN).plus(SPAN / FAILURES * (failure - 1));
            assert!(!circuit.failed(Admitted::Usual, at), "{failure}");
        }
        assert!(circuit.failed(Admitted::Usual, NOW));
        circuit
    }

    #[test]
    fn only_failures_in_a_row_open_it() {
        let circuit = Circuit::default();
        for round in 0..3 {
            let at = NOW.plus(SPAN * round);
            for _ in 1..FAILURES {
                assert!(!circuit.failed(Admitted::Usual, at));
            }
            circuit.succeeded();
        }
        assert_eq!(circuit.admit(NOW), Some(Admitted::Usual));
        assert!(opened().is_open());
    }

    #[test]
    fn what_fails_at_once_is_no_more_than_one_restart() {
        let circuit = Circuit::default();
        let soon = NOW.plus(SPAN).minus(Duration::from_millis(1));
        for at in [NOW, soon] {
            for _ in 0..FAILURES * 2 {
                assert!(!circuit.failed(Admitted::Usual, at));
            }
        }
        assert!(circuit.failed(Admitted::Usual, NOW.plus(SPAN)));
    }

    #[test]
    fn one_call_looks_and_decides_for_all() {
        let circuit = opened();
        let later = NOW.plus(OPEN);
        assert_eq!(circuit.admit(later.minus(Duration::from_millis(1))), None);
        assert_eq!(circuit.admit(later), Some(Admitted::Probe));
        assert_eq!(circuit.admit(later), None, "one at a time");
        assert!(!circuit.failed(Admitted::Usual, later), "an old call");
        assert!(circuit.failed(Admitted::Probe, later));
        assert_eq!(circuit.admit(later), None);
        assert_eq!(circuit.admit(later.plus(OPEN)), Some(Admitted::Probe));
        circuit.succeeded();
        assert_eq!(circuit.admit(later.plus(OPEN)), Some(Admitted::Usual));
    }

    #[test]
    fn a_look_that_was_given_up_is_left_to_the_next_call() {
        let circuit = opened();
        let later = NOW.plus(OPEN);
        assert_eq!(circuit.admit(later), Some(Admitted::Probe));
        circuit.gave_up(Admitted::Usual, later);
        assert_eq!(
            circuit.admit(later),
            None,
            "that was not the one that looks"
        );
        circuit.gave_up(Admitted::Probe, later);
        assert_eq!(circuit.admit(later), Some(Admitted::Probe));
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_keep_it_open() {
        let circuit = opened();
        assert_eq!(
            circuit.admit(NOW.minus(Duration::from_hours(1))),
            Some(Admitted::Probe)
        );
    }
}
