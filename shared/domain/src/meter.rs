//! Counts what one request costs, for its log line and for the tests of the round-trip budget.
//!
//! The count is a task-local: the HTTP layer opens a scope around a request, adapters add to it,
//! and work outside any scope (timers, start) counts nothing.

use std::cell::Cell;
use std::future::Future;

tokio::task_local! {
    static TALLY: Tally;
}

#[derive(Default)]
struct Tally {
    trips: Cell<u32>,
    under_way: Cell<u32>,
}

/// Runs `work` and returns its output with the number of store round trips that it waited for, one
/// after the other: trips that are made at the same time are one.
pub async fn measured<F: Future>(work: F) -> (F::Output, u32) {
    TALLY
        .scope(Tally::default(), async {
            let output = work.await;
            (output, TALLY.with(|tally| tally.trips.get()))
        })
        .await
}

/// A round trip that is under way until this is dropped.
#[must_use = "a trip lasts as long as its guard"]
pub struct Trip(());

/// Says that one round trip to a store is about to be made. Adapters call this once per batch.
pub fn round_trip() -> Trip {
    let _outside_a_request = TALLY.try_with(|tally| {
        if tally.under_way.get() == 0 {
            tally.trips.set(tally.trips.get() + 1);
        }
        tally.under_way.set(tally.under_way.get() + 1);
    });
    Trip(())
}

impl Drop for Trip {
    fn drop(&mut self) {
        let _after_the_request = TALLY.try_with(|tally| {
            tally.under_way.set(tally.under_way.get().saturating_sub(1));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn only_the_trips_of_the_scope_count() {
        drop(round_trip());
        let ((), trips) = measured(async {
            drop(round_trip());
            drop(round_trip());
        })
        .await;
        assert_eq!(trips, 2);
    }

    #[tokio::test(flavor = "current_thread")]
    async fn trips_at_the_same_time_are_one_wait() {
        let ((), trips) = measured(async {
            let first = round_trip();
            let second = round_trip();
            drop(first);
            drop(round_trip());
            drop(second);
            drop(round_trip());
        })
        .await;
        assert_eq!(trips, 2);
    }
}
