//! The collection itself, with collectors that count.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use or3_domain::clock::Clock;
use or3_domain::gc::{
    Collection, Collector, Done, Ended, Found, Kind, LEASE, Order, Piece, Source, Survey, Tally,
};
use or3_domain::ids::SystemIds;
use or3_domain::store::StoreError;
use or3_testkit::FixedClock;

use crate::place::Place;

/// What a counter does when a piece begins.
enum At {
    Nothing,
    Fail(fn() -> StoreError),
    Stop(Arc<AtomicBool>),
}

/// Counts to ten, one a piece; a piece takes a second.
struct Counter {
    kind: Kind,
    clock: Arc<FixedClock>,
    seen: Mutex<Vec<u32>>,
    at_five: At,
}

impl Counter {
    fn new(kind: Kind, clock: &Arc<FixedClock>, at_five: At) -> Arc<Self> {
        Arc::new(Self {
            kind,
            clock: Arc::clone(clock),
            seen: Mutex::default(),
            at_five,
        })
    }

    fn seen(&self) -> Vec<u32> {
        self.seen.lock().expect("no panic").clone()
    }
}

fn number(piece: &Piece<'_>) -> u32 {
    piece.position.map_or(1, |text| text.parse().expect("ours"))
}

fn next(number: u32) -> Option<String> {
    (number < 10).then(|| (number + 1).to_string())
}

#[async_trait]
impl Collector for Counter {
    fn kind(&self) -> Kind {
        self.kind
    }

    async fn collect(&self, piece: &Piece<'_>) -> Result<Done, StoreError> {
        let number = number(piece);
        self.clock.advance(Duration::from_secs(1));
        match &self.at_five {
            At::Fail(error) if number == 5 => return Err(error()),
            At::Stop(stop) if number == 5 => stop.store(true, Ordering::Relaxed),
            _ => {}
        }
        self.seen.lock().expect("no panic").push(number);
        let tally = Tally {
            removed: 1,
            bytes: 10,
        };
        Ok(Done {
            tally,
            next: next(number),
        })
    }

    async fn survey(&self, piece: &Piece<'_>) -> Result<Survey, StoreError> {
        let number = number(piece);
        let found = Found {
            name: number.to_string(),
            bytes: 10,
        };
        Ok(Survey {
            found: vec![found],
            next: next(number),
        })
    }
}

struct Bench {
    place: Place,
    clock: Arc<FixedClock>,
}

impl Bench {
    async fn new() -> Self {
        Self {
            place: Place::file().await.expect("a place"),
            clock: Arc::default(),
        }
    }

    fn collection(&self, counters: &[&Arc<Counter>]) -> Collection {
        let collectors = counters
            .iter()
            .map(|&counter| Arc::clone(counter) as Arc<dyn Collector>);
        Collection::new(
            collectors.collect(),
            self.place.state.gc_ledger(),
            self.clock.clone(),
            Arc::new(SystemIds),
        )
    }

    fn order(&self, seconds: u64) -> Order {
        let until = self.clock.now().plus(Duration::from_secs(seconds));
        Order::everything(Source::Schedule, until)
    }
}

const TEN: [u32; 10] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

#[tokio::test]
async fn everything_is_collected_in_turns_and_written_down() {
    let bench = Bench::new().await;
    let sessions = Counter::new(Kind::Sessions, &bench.clock, At::Nothing);
    let invites = Counter::new(Kind::Invites, &bench.clock, At::Nothing);
    let collection = bench.collection(&[&sessions, &invites]);
    let run = collection.run(&bench.order(99)).await.expect("a run");
    assert_eq!((sessions.seen(), invites.seen()), (TEN.into(), TEN.into()));
    assert_eq!(run.ended, Ended::Completed);
    let (removed, bytes) = (20, 200);
    assert_eq!(run.tally(), Tally { removed, bytes });
    let listed = bench.place.state.gc_ledger().list(None, 9).await;
    assert_eq!(listed.expect("listed"), [run]);
}

#[tokio::test]
async fn time_is_shared_and_the_next_run_goes_on_there() {
    let bench = Bench::new().await;
    let sessions = Counter::new(Kind::Sessions, &bench.clock, At::Nothing);
    let invites = Counter::new(Kind::Invites, &bench.clock, At::Nothing);
    let collection = bench.collection(&[&sessions, &invites]);
    let run = collection.run(&bench.order(7)).await.expect("a run");
    assert_eq!(run.ended, Ended::OutOfTime);
    assert_eq!((sessions.seen().len(), invites.seen().len()), (4, 3));
    let run = collection.run(&bench.order(99)).await.expect("a run");
    assert_eq!(run.ended, Ended::Completed);
    assert_eq!((sessions.seen(), invites.seen()), (TEN.into(), TEN.into()));
}

#[tokio::test]
async fn a_stop_ends_it_after_the_piece_under_way() {
    let bench = Bench::new().await;
    let stop = Arc::<AtomicBool>::default();
    let sessions = Counter::new(Kind::Sessions, &bench.clock, At::Stop(Arc::clone(&stop)));
    let collection = bench.collection(&[&sessions]);
    let order = Order {
        stop,
        ..bench.order(99)
    };
    let run = collection.run(&order).await.expect("a run");
    assert_eq!(
        (run.ended, sessions.seen()),
        (Ended::OutOfTime, TEN[..5].into())
    );
}

#[tokio::test]
async fn a_kind_that_fails_does_not_keep_the_others_from_theirs() {
    let bench = Bench::new().await;
    let away = At::Fail(|| StoreError::Unavailable("away".to_owned()));
    let sessions = Counter::new(Kind::Sessions, &bench.clock, away);
    let invites = Counter::new(Kind::Invites, &bench.clock, At::Nothing);
    let collection = bench.collection(&[&sessions, &invites]);
    let run = collection.run(&bench.order(99)).await.expect("a run");
    assert_eq!((run.ended, invites.seen()), (Ended::Failed, TEN.into()));
    let ended: Vec<_> = run.parts.iter().map(|part| part.ended).collect();
    assert_eq!(ended, [Ended::Failed, Ended::Completed]);
    let next = Counter::new(Kind::Sessions, &bench.clock, At::Nothing);
    let collection = bench.collection(&[&next]);
    collection.run(&bench.order(99)).await.expect("a run");
    assert_eq!(next.seen(), TEN[4..], "passing trouble goes on there");
}

#[tokio::test]
async fn a_fault_begins_the_next_pass_at_the_beginning() {
    let bench = Bench::new().await;
    let fault = At::Fail(|| StoreError::Fault("odd".to_owned()));
    let sessions = Counter::new(Kind::Sessions, &bench.clock, fault);
    let collection = bench.collection(&[&sessions]);
    collection.run(&bench.order(99)).await.expect("a run");
    let next = Counter::new(Kind::Sessions, &bench.clock, At::Nothing);
    let collection = bench.collection(&[&next]);
    collection.run(&bench.order(99)).await.expect("a run");
    assert_eq!(next.seen(), TEN);
}

#[tokio::test]
async fn what_another_collection_holds_is_left_to_it_until_it_is_dead() {
    let bench = Bench::new().await;
    let dead = or3_domain::gc::Run::new(
        "dead".to_owned(),
        Source::Schedule,
        false,
        bench.clock.now(),
    );
    let now = bench.clock.now();
    let ledger = bench.place.state.gc_ledger();
    let kinds = [Kind::Sessions];
    let begun = ledger.begin(&dead, &kinds, now.plus(LEASE), now).await;
    begun.expect("begun");
    let came = [(Kind::Sessions, Some("8".to_owned()))];
    let kept = ledger.keep(&dead, &came, now, now.plus(LEASE)).await;
    kept.expect("kept");

    let sessions = Counter::new(Kind::Sessions, &bench.clock, At::Nothing);
    let collection = bench.collection(&[&sessions]);
    let run = collection.run(&bench.order(99)).await.expect("a run");
    assert_eq!(
        (run.ended, sessions.seen().len()),
        (Ended::HeldElsewhere, 0)
    );
    bench.clock.advance(LEASE);
    let run = collection.run(&bench.order(99)).await.expect("a run");
    assert_eq!(
        (run.ended, sessions.seen()),
        (Ended::Completed, vec![8, 9, 10])
    );
}

#[tokio::test]
async fn a_dry_run_names_and_counts_and_holds_nothing() {
    let bench = Bench::new().await;
    let sessions = Counter::new(Kind::Sessions, &bench.clock, At::Nothing);
    let collection = bench.collection(&[&sessions]);
    let order = Order {
        dry_run: true,
        ..bench.order(99)
    };
    let run = collection.run(&order).await.expect("a run");
    assert!(sessions.seen().is_empty());
    assert_eq!(run.tally().removed, 10);
    let names: Vec<_> = run.parts[0]
        .found
        .iter()
        .map(|found| found.name.clone())
        .collect();
    assert_eq!(names, TEN.map(|number| number.to_string()));
    assert_eq!(run.ended, Ended::Completed);
    let run = collection.run(&bench.order(99)).await.expect("a run");
    assert_eq!(run.ended, Ended::Completed);
}
