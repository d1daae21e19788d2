//! One generated history.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use or3_domain::clock::{Clock, SystemClock, Timestamp};
use or3_domain::gc::Kind;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_testkit::{FixedClock, seed_workspace};

use crate::collections::{DAY, KINDS};
use crate::files::{FILES, Past};
use crate::lab::Lab;
use crate::model::Log;
use crate::views::Open;

/// A workspace, and everything that happened to it.
pub(crate) struct Case {
    pub(crate) lab: Lab,
    pub(crate) rng: Rng,
    pub(crate) workspace: WorkspaceId,
    pub(crate) user: UserId,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) log: Log,
    pub(crate) open: Vec<Open>,
    pub(crate) seed: u64,
    pub(crate) ops: u32,
    pub(crate) devices: BTreeMap<u8, (i64, Timestamp)>,
    pub(crate) files: [Past; FILES],
    pub(crate) positions: BTreeMap<Kind, Option<String>>,
}

impl Case {
    pub(crate) async fn new(lab: Lab, seed: u64) -> Self {
        let name = format!("w{seed}");
        seed_workspace(&*lab.state.sessions(), &name).await;
        Self {
            lab,
            rng: Rng::with_seed(seed),
            user: UserId::new(format!("owner-of-{name}")),
            workspace: WorkspaceId::new(name),
            clock: Arc::new(FixedClock::at(SystemClock.now())),
            log: Log::default(),
            open: Vec::new(),
            seed,
            ops: 0,
            devices: BTreeMap::new(),
            files: [Past::default(); FILES],
            positions: BTreeMap::new(),
        }
    }

    pub(crate) async fn run(mut self) {
        for _ in 0..self.rng.u32(10..40) {
            match self.rng.u32(0..10) {
                0..=5 => self.user_does_something().await,
                6 => self.time_passes(),
                _ => {
                    let kind = KINDS[self.rng.usize(..KINDS.len())];
                    self.collect(kind).await;
                }
            }
            if self.rng.u32(0..8) == 0 {
                self.look().await;
            }
        }
        self.look().await;
        self.finish().await;
    }

    pub(crate) async fn user_does_something(&mut self) {
        match self.rng.u32(0..12) {
            0..=5 => self.push().await,
            6 => self.upload().await,
            7 => self.commit().await,
            8 => self.reserve().await,
            9 => self.report().await,
            10 => self.start_snapshot().await,
            _ => self.read_on().await,
        }
    }

    fn time_passes(&mut self) {
        let span = match self.rng.u32(0..3) {
            0 => Duration::from_mins(self.rng.u64(1..90)),
            1 => Duration::from_hours(self.rng.u64(1..40)),
            _ => DAY * self.rng.u32(1..5),
        };
        self.clock.advance(span);
    }
}
