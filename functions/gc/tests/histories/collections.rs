//! Collections, which die anywhere.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use or3_domain::clock::Clock;
use or3_domain::gc::{BlobCollector, Collector, HistoryCollector, HistoryKept, Kind, Piece, Tally};
use or3_domain::ids::SystemIds;
use or3_domain::sync::History;
use or3_state::faults::Lifespan;
use or3_state::{KeptAfter, State};
use or3_testkit::{collect_pass, survey_pass};

use crate::case::Case;
use crate::files::{BLOBS, FILES};
use crate::mortal::{SmallPages, mortal};

pub(crate) const DAY: Duration = Duration::from_hours(24);

pub(crate) const HISTORY: HistoryKept = HistoryKept {
    retention: DAY,
    device_expiry: Duration::from_hours(72),
};

const ROWS: KeptAfter = KeptAfter {
    invites: DAY,
    runs: DAY,
    audit: Duration::from_hours(24 * 365),
};

pub(crate) const KINDS: [Kind; 5] = [
    Kind::Snapshots,
    Kind::SnapshotStates,
    Kind::Tombstones,
    Kind::ChangeLog,
    Kind::Blobs,
];

impl Case {
    /// Half of all collections die, most of them soon, and half let a user in between two
    /// transactions of a piece.
    fn lifespan(&mut self) -> Lifespan {
        let steps = match self.rng.u32(0..4) {
            0 => self.rng.i64(0..12),
            1 => self.rng.i64(0..80),
            _ => i64::MAX,
        };
        let wait = if self.rng.bool() {
            self.rng.i64(0..20)
        } else {
            i64::MAX
        };
        Lifespan::with_a_wait(steps, wait)
    }

    /// A collector of a process.
    fn collector(&self, kind: Kind, state: &State, life: &Lifespan) -> Arc<dyn Collector> {
        let workspace = self.workspace.clone();
        let history = |history| {
            let collector = HistoryCollector::new(state.sync_history(), history, HISTORY);
            Arc::new(collector.only(workspace.clone()))
        };
        match kind {
            Kind::ChangeLog => history(History::ChangeLog),
            Kind::Tombstones => history(History::Tombstones),
            Kind::Blobs => {
                let blobs = mortal(self.lab.blobs.clone(), life);
                let claims = SmallPages(state.blob_claims());
                let (clock, ids) = (self.clock.clone(), Arc::new(SystemIds));
                let (blobs, claims) = (Arc::new(blobs), Arc::new(claims));
                let collector = BlobCollector::new(blobs, claims, clock, ids, BLOBS);
                Arc::new(collector.only(workspace.clone(), 500))
            }
            kind => {
                let rows = state.row_collectors(ROWS);
                let found = rows.into_iter().find(|rows| rows.kind() == kind);
                found.expect("a collector")
            }
        }
    }

    /// A collection that may die, may go on where another one stopped, and is not alone.
    pub(crate) async fn collect(&mut self, kind: Kind) {
        let life = self.lifespan();
        let process = self.lab.process(&life);
        let collector = self.collector(kind, &process, &life);
        let goes_on = self.rng.bool();
        let stored = self.positions.remove(&kind).flatten();
        let mut position = stored.filter(|_| goes_on);
        for _ in 0..400 {
            let mut kept: Vec<_> = (0..FILES)
                .filter(|file| self.path(*file).exists() && self.is_protected(*file))
                .collect();
            let piece = Piece {
                position: position.as_deref(),
                at_most: self.rng.u32(1..4),
                now: self.clock.now(),
            };
            let mut rival = None;
            let done = {
                let mut work = pin!(collector.collect(&piece));
                tokio::select! {
                    biased;
                    done = &mut work => done,
                    () = life.waits() => {
                        kept.extend(self.meanwhile(kind).await);
                        rival = self.rival(kind, piece.position).await;
                        life.goes_on();
                        work.await
                    }
                }
            };
            if let Some(place) = rival {
                self.go_on(kind, place, usize::MAX).await;
            }
            for file in kept {
                // What was needed and is no more may go, even so soon.
                let stays = self.path(file).exists() || !self.is_protected(file);
                assert!(stays, "file {file} was needed");
            }
            let Ok(done) = done else {
                assert!(life.is_over(), "{kind} failed: {done:?}");
                break;
            };
            position = done.next;
            if position.is_none() {
                break;
            }
            if self.rng.u32(0..4) == 0 {
                self.interfere(kind).await;
            }
        }
        self.positions.insert(kind, position);
        process.close();
        if life.is_over() {
            self.lab.bury();
        }
        self.the_floor_is_low_enough().await;
    }

    /// Now and then another process takes the collection over that waits, and gets so far before
    /// that one goes on: where it stands then.
    async fn rival(&mut self, kind: Kind, position: Option<&str>) -> Option<String> {
        if self.rng.bool() {
            return None;
        }
        let pieces = self.rng.usize(1..12);
        self.go_on(kind, position?.to_owned(), pieces).await
    }

    /// A process that lives goes on at `place`, for so many pieces.
    async fn go_on(&mut self, kind: Kind, place: String, pieces: usize) -> Option<String> {
        let process = self.lab.state.clone();
        let collector = self.collector(kind, &process, &Lifespan::of(i64::MAX));
        let mut position = Some(place);
        for _ in 0..pieces {
            let piece = Piece {
                position: position.as_deref(),
                at_most: 2,
                now: self.clock.now(),
            };
            let done = collector.collect(&piece).await;
            position = done.expect("collected").next;
            position.as_ref()?;
        }
        position
    }

    /// What a user does in the middle of a piece, and the files that were uploaded by it.
    async fn meanwhile(&mut self, kind: Kind) -> Vec<usize> {
        self.clock.advance(Duration::from_millis(1));
        let now = Some(self.clock.now());
        self.interfere(kind).await;
        let uploaded = |file: &usize| self.files[*file].written == now;
        (0..FILES).filter(uploaded).collect()
    }

    /// What a user does beside a collection: often just what makes a difference to it.
    async fn interfere(&mut self, kind: Kind) {
        if kind == Kind::Blobs && self.rng.bool() {
            self.refer().await;
        } else {
            Box::pin(self.user_does_something()).await;
        }
    }

    /// Whole passes: they leave nothing for a second one, and nothing that nobody needs.
    pub(crate) async fn finish(&mut self) {
        self.clock.advance(Duration::from_mins(11));
        let (process, forever) = (self.lab.state.clone(), Lifespan::of(i64::MAX));
        for _ in 0..2 {
            for kind in KINDS {
                let collector = self.collector(kind, &process, &forever);
                collect_pass(&*collector, self.clock.now(), 3).await;
            }
        }
        for kind in KINDS {
            let collector = self.collector(kind, &process, &forever);
            let now = self.clock.now();
            assert_eq!(survey_pass(&*collector, now, 3).await, [], "{kind}");
            assert_eq!(
                collect_pass(&*collector, now, 3).await,
                Tally::default(),
                "{kind}"
            );
        }
        for file in 0..FILES {
            let (there, needed) = (self.path(file).exists(), self.is_protected(file));
            assert!(needed || !there, "file {file} is nobody's");
        }
        self.look().await;
    }
}
