//! Counts what one request costs, for its log line and for the tests of the round-trip budget.
//!
//! The count is a task-local: the HTTP layer opens a scope around a request, adapters add to it,
//! and work outside any scope (timers, start) counts nothing.

use std::cell::Cell;
use std::future::Future;

tokio::task_local! {
    static ROUND_TRIPS: Cell<u32>;
}

/// Runs `work` and returns its output with the number of store round trips that it made.
pub async fn measured<F: Future>(work: F) -> (F::Output, u32) {
    ROUND_TRIPS
        .scope(Cell::new(0), async {
            let output = work.await;
            (output, ROUND_TRIPS.with(Cell::get))
        })
        .await
}

/// Says that one round trip to a store is about to be made. Adapters call this once per batch.
pub fn round_trip() {
    let _outside_a_request = ROUND_TRIPS.try_with(|count| count.set(count.get() + 1));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn only_the_trips_of_the_scope_count() {
        round_trip();
        let ((), trips) = measured(async {
            round_trip();
            round_trip();
        })
        .await;
        assert_eq!(trips, 2);
    }
}
