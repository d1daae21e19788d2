//! Whether a process has anything to do.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Counts the requests that are under way; clones share the count.
#[derive(Clone)]
pub(super) struct Idle {
    state: Arc<Mutex<State>>,
}

struct State {
    under_way: usize,
    since: Instant,
}

/// A request that is under way until this is dropped.
pub(super) struct Work(Idle);

impl Idle {
    /// Nothing is under way yet.
    pub(super) fn new() -> Self {
        Self {
            state: Arc::new(Mutex::new(State {
                under_way: 0,
                since: Instant::now(),
            })),
        }
    }

    /// Begins a request, and says how long there had been nothing to do before it.
    pub(super) fn begin(&self) -> (Work, Option<Duration>) {
        let mut state = self.lock();
        let idle = (state.under_way == 0).then(|| state.since.elapsed());
        state.under_way += 1;
        (Work(self.clone()), idle)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.under_way -= 1;
        state.since = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_idle_while_no_request_is_under_way() {
        let idle = Idle::new();
        let (first, before) = idle.begin();
        assert!(before.is_some());
        let (second, before) = idle.begin();
        assert_eq!(before, None);
        drop(first);
        assert_eq!(idle.begin().1, None);
        drop(second);
        assert!(idle.begin().1.is_some());
    }
}
