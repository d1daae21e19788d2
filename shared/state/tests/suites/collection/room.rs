//! Collections that cannot be written down, because there is no room.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use or3_domain::clock::Timestamp;
use or3_domain::gc::{Begun, Collection, Collector, Ended, GcLedger, Kind, Run, Tally};
use or3_domain::ids::SystemIds;
use or3_domain::store::StoreError;

use super::counter::{At, Bench, Counter, TEN};

/// A ledger on a volume that is full for the first so many beginnings.
struct FullFor {
    beginnings: AtomicU32,
    ledger: Arc<dyn GcLedger>,
}

#[async_trait]
impl GcLedger for FullFor {
    async fn begin(
        &self,
        run: &Run,
        kinds: &[Kind],
        lease_until: Timestamp,
        died_before: Timestamp,
    ) -> Result<Vec<Begun>, StoreError> {
        let left = self
            .beginnings
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            });
        if left.is_ok() {
            return Err(StoreError::Full("no room".to_owned()));
        }
        self.ledger
            .begin(run, kinds, lease_until, died_before)
            .await
    }

    async fn keep(
        &self,
        run: &Run,
        positions: &[(Kind, Option<String>)],
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Vec<Kind>, StoreError> {
        self.ledger.keep(run, positions, now, lease_until).await
    }

    async fn finish(
        &self,
        run: &Run,
        positions: &[(Kind, Option<String>)],
    ) -> Result<(), StoreError> {
        self.ledger.finish(run, positions).await
    }

    async fn list(
        &self,
        before: Option<(Timestamp, &str)>,
        limit: u32,
    ) -> Result<Vec<Run>, StoreError> {
        self.ledger.list(before, limit).await
    }

    fn writes(&self) -> u64 {
        self.ledger.writes()
    }
}

fn collection(bench: &Bench, beginnings: u32, counters: &[&Arc<Counter>]) -> Collection {
    let collectors = counters
        .iter()
        .map(|&counter| Arc::clone(counter) as Arc<dyn Collector>);
    let ledger = FullFor {
        beginnings: AtomicU32::new(beginnings),
        ledger: bench.place.state.gc_ledger(),
    };
    let (clock, ids) = (bench.clock.clone(), Arc::new(SystemIds));
    Collection::new(collectors.collect(), Arc::new(ledger), clock, ids)
}

fn is_full(run: &Result<Run, StoreError>) -> bool {
    matches!(run, Err(StoreError::Full(_)))
}

#[tokio::test]
async fn files_make_room_for_everything_else() {
    let bench = Bench::new().await;
    let uploads = Counter::new(Kind::PartialUploads, &bench.clock, At::Nothing);
    let sessions = Counter::new(Kind::Sessions, &bench.clock, At::Nothing);
    let collection = collection(&bench, 1, &[&sessions, &uploads]);
    let run = collection.run(&bench.order(99)).await.expect("a run");
    assert_eq!(run.ended, Ended::Completed);
    assert_eq!(sessions.seen(), TEN);
    assert_eq!(
        uploads.seen(),
        [TEN, TEN].concat(),
        "for room, and in its turn"
    );
    let (removed, bytes) = (30, 300);
    assert_eq!(run.tally(), Tally { removed, bytes });
    let listed = bench.place.state.gc_ledger().list(None, 9).await;
    assert_eq!(listed.expect("listed"), [run]);
}

#[tokio::test]
async fn without_room_nothing_goes_but_files() {
    let bench = Bench::new().await;
    let uploads = Counter::new(Kind::PartialUploads, &bench.clock, At::Nothing);
    let sessions = Counter::new(Kind::Sessions, &bench.clock, At::Nothing);
    let full = collection(&bench, 9, &[&sessions, &uploads]);
    assert!(is_full(&full.run(&bench.order(99)).await));
    assert_eq!((sessions.seen(), uploads.seen()), (vec![], TEN.into()));
    let full = collection(&bench, 9, &[&sessions]);
    assert!(is_full(&full.run(&bench.order(99)).await));
    assert!(sessions.seen().is_empty());
}

#[tokio::test]
async fn room_is_made_no_longer_than_the_order_lasts() {
    let bench = Bench::new().await;
    let uploads = Counter::new(Kind::PartialUploads, &bench.clock, At::Nothing);
    let full = collection(&bench, 1, &[&uploads]);
    let run = full.run(&bench.order(4)).await.expect("a run");
    assert_eq!(
        (run.ended, uploads.seen()),
        (Ended::OutOfTime, TEN[..4].into())
    );
    assert_eq!(run.tally().removed, 4);
}
