//! Collectors that count, and a place to drive them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use or3_domain::clock::Clock;
use or3_domain::gc::{
    Collection, Collector, Done, Found, Kind, Order, Piece, Source, Survey, Tally,
};
use or3_domain::ids::SystemIds;
use or3_domain::store::StoreError;
use or3_testkit::FixedClock;

use crate::place::Place;

/// What a counter does when a piece begins.
pub(crate) enum At {
    Nothing,
    Fail(fn() -> StoreError),
    Stop(Arc<AtomicBool>),
}

/// Counts to ten, one a piece; a piece takes a second.
pub(crate) struct Counter {
    kind: Kind,
    clock: Arc<FixedClock>,
    seen: Mutex<Vec<u32>>,
    at_five: At,
}

impl Counter {
    pub(crate) fn new(kind: Kind, clock: &Arc<FixedClock>, at_five: At) -> Arc<Self> {
        Arc::new(Self {
            kind,
            clock: Arc::clone(clock),
            seen: Mutex::default(),
            at_five,
        })
    }

    pub(crate) fn seen(&self) -> Vec<u32> {
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
        if let (At::Fail(error), 5) = (&self.at_five, number) {
            return Err(error());
        }
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

pub(crate) struct Bench {
    pub(crate) place: Place,
    pub(crate) clock: Arc<FixedClock>,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self {
            place: Place::file().await.expect("a place"),
            clock: Arc::default(),
        }
    }

    pub(crate) fn collection(&self, counters: &[&Arc<Counter>]) -> Collection {
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

    pub(crate) fn order(&self, seconds: u64) -> Order {
        let until = self.clock.now().plus(Duration::from_secs(seconds));
        Order::everything(Source::Schedule, until)
    }
}

pub(crate) const TEN: [u32; 10] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
