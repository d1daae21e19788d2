//! Rows that are over, one of each kind that is and one that is not yet.

mod auth;
mod records;
mod sync;

use std::sync::Arc;
use std::time::Duration;

use or3_domain::clock::Timestamp;
use or3_domain::gc::{Collector, Kind};
use or3_state::{KeptAfter, State};
use or3_testkit::{collect_pass, survey_pass};

use crate::place::Place;

pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);
pub(crate) const HOUR: Duration = Duration::from_hours(1);
pub(crate) const KEPT: KeptAfter = KeptAfter {
    invites: Duration::from_hours(48),
    runs: Duration::from_hours(72),
    audit: Duration::from_hours(24 * 365),
};

fn collectors(state: &State) -> Vec<Arc<dyn Collector>> {
    state.row_collectors(KEPT)
}

/// Asks `fact` of a local file and of a server.
pub(crate) async fn everywhere(fact: impl AsyncFn(&State)) {
    let places = [Place::file().await, Place::server().await];
    for place in places.into_iter().flatten() {
        fact(&place.state).await;
    }
}

fn collector(state: &State, kind: Kind) -> Arc<dyn Collector> {
    let found = collectors(state).into_iter().find(|one| one.kind() == kind);
    found.expect("a collector")
}

async fn surveyed(collector: &dyn Collector, now: Timestamp) -> Vec<String> {
    let found = survey_pass(collector, now, 2).await;
    found.into_iter().map(|found| found.name).collect()
}

async fn collected(collector: &dyn Collector, now: Timestamp) -> u64 {
    collect_pass(collector, now, 2).await.removed
}

/// Nothing goes a moment before `end`; then what was named goes, once.
pub(crate) async fn goes_at(
    state: &State,
    kind: Kind,
    end: Timestamp,
    count: usize,
) -> Vec<String> {
    let collector = collector(state, kind);
    let before = end.minus(Duration::from_millis(1));
    assert_eq!(
        surveyed(&*collector, before).await.len(),
        0,
        "{kind} too early"
    );
    assert_eq!(collected(&*collector, before).await, 0, "{kind} too early");
    let names = surveyed(&*collector, end).await;
    assert_eq!(names.len(), count, "{kind}: {names:?}");
    let removed = collected(&*collector, end).await;
    assert_eq!(usize::try_from(removed), Ok(count), "{kind}");
    assert_eq!(collected(&*collector, end).await, 0, "{kind} twice");
    assert_eq!(
        surveyed(&*collector, end).await.len(),
        0,
        "{kind} still there"
    );
    names
}

#[tokio::test]
async fn every_kind_of_row_has_one_collector() {
    let place = Place::file().await.expect("a place");
    let mut kinds: Vec<_> = collectors(&place.state)
        .iter()
        .map(|one| one.kind())
        .collect();
    let count = kinds.len();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), count);
}
