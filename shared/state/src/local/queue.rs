//! A queue between async callers and database threads.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Jobs in order of arrival. Any number of threads may take; pushing never waits.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    arrival: Condvar,
}

struct State<T> {
    jobs: VecDeque<T>,
    closed: bool,
}

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                jobs: VecDeque::new(),
                closed: false,
            }),
            arrival: Condvar::new(),
        }
    }

    /// Adds a job at the end, or drops it if the queue is closed.
    pub(super) fn push(&self, job: T) {
        let mut state = self.lock();
        if !state.closed {
            state.jobs.push_back(job);
            self.arrival.notify_one();
        }
    }

    /// Says that no more jobs will come; takers get what is left and then an empty list.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.arrival.notify_all();
    }

    /// Waits for work and takes up to `most` jobs. An empty list means closed and drained.
    pub(super) fn take(&self, most: usize) -> Vec<T> {
        let mut state = self.lock();
        while state.jobs.is_empty() && !state.closed {
            state = self
                .arrival
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let count = state.jobs.len().min(most);
        state.jobs.drain(..count).collect()
    }

    /// The state is only ever pushed to and drained, so a panic elsewhere leaves it sound.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_come_in_order_and_no_more_than_asked_for() {
        let queue = Queue::new();
        (1..=3).for_each(|job| queue.push(job));
        assert_eq!(queue.take(2), [1, 2]);
        assert_eq!(queue.take(2), [3]);
    }

    #[test]
    fn a_closed_queue_gives_the_rest_and_then_nothing() {
        let queue = Queue::new();
        queue.push(1);
        queue.close();
        queue.push(2);
        assert_eq!(queue.take(9), [1]);
        assert!(queue.take(9).is_empty());
    }
}
