//! One run.

use std::collections::BTreeMap;

use fastrand::Rng;
use or3_domain::clock::Clock;
use or3_testkit::Answer;

use crate::device::{Device, Generation};
use crate::fleet::{Fleet, Ground, Request};
use crate::ledger::{Ledger, assert_same};
use crate::orders;
use crate::post::Parcel;
use crate::team::{self, MEMBERS, WORKSPACES};
use crate::trace::Trace;

const STEPS: usize = 150;
const MOST_DEVICES: usize = 10;

/// A run under way.
pub(crate) struct Run {
    pub(crate) rng: Rng,
    pub(crate) fleet: Fleet,
    pub(crate) devices: Vec<Device>,
    /// By workspace.
    pub(crate) ledgers: BTreeMap<String, Ledger>,
    pub(crate) trace: Trace,
    /// Pushes that have not arrived yet, and pushes of any kind that may come again.
    pub(crate) late: Vec<Parcel>,
    pub(crate) past: Vec<Parcel>,
    rush: bool,
}

/// Runs a seed: steps at random, then peace, then the reckoning. With `rush`, several requests may
/// be under way at once. Nothing where no database server is installed.
pub(crate) async fn simulate(seed: u64, ground: Ground, rush: bool) {
    let Some(mut run) = Run::start(seed, ground, rush).await else {
        return;
    };
    for _ in 0..STEPS {
        run.step().await;
    }
    run.settle().await;
    run.join_everywhere().await;
    run.reckon();
    orders::replay(&run.ledgers, &mut run.rng).await;
}

impl Run {
    async fn start(seed: u64, ground: Ground, rush: bool) -> Option<Self> {
        let mut rng = Rng::with_seed(seed);
        let fleet = Fleet::start(ground, rng.usize(1..=3), &WORKSPACES).await?;
        let ledgers = WORKSPACES.map(|name| (name.to_owned(), Ledger::default()));
        let mut run = Self {
            rng,
            fleet,
            devices: Vec::new(),
            ledgers: ledgers.into(),
            trace: Trace::default(),
            late: Vec::new(),
            past: Vec::new(),
            rush,
        };
        for member in 0..MEMBERS.len() {
            run.join(member);
        }
        Some(run)
    }

    async fn step(&mut self) {
        let device = self.rng.usize(..self.devices.len());
        if self.rush {
            self.spoil_the_network();
            if self.rng.u8(..8) == 0 {
                return self.rush().await;
            }
        }
        match self.rng.u8(..100) {
            0..26 => self.edit(device),
            26..46 => self.push(device).await,
            46..70 => self.read(device).await,
            70..73 => self.report(device).await,
            73..75 => self.devices[device].online ^= true,
            75..78 => self.restart(),
            78..86 => self.collect().await,
            86..90 => self.wait(),
            90..92 => self.deliver_late().await,
            92..94 => self.repeat().await,
            94..96 => {
                let member = self.rng.usize(..MEMBERS.len());
                self.join(member);
            }
            96..98 => self.intrude(device).await,
            _ => self.probe(device).await,
        }
    }

    fn join(&mut self, member: usize) {
        if self.devices.len() < MOST_DEVICES {
            let number = self.devices.len();
            let sessions = &self.fleet.sessions;
            let device = team::join(sessions, MEMBERS[member], number, &mut self.rng);
            self.devices.push(device);
        }
    }

    fn edit(&mut self, device: usize) {
        let now = self.fleet.clock.now().millis();
        let device = &mut self.devices[device];
        for _ in 0..self.rng.u8(1..4) {
            if device.may_write {
                device.edit(now, &mut self.rng);
            }
        }
    }

    pub(crate) fn any_server(&mut self) -> usize {
        self.rng.usize(..self.fleet.size())
    }

    /// Sends `request`, and again when the server asks for patience.
    pub(crate) async fn send(&mut self, request: &Request) -> Answer {
        loop {
            let server = self.any_server();
            let answer = self.fleet.deliver(server, request).await;
            if answer.status != 503 {
                return answer;
            }
            assert_eq!(answer.header("retry-after"), "1");
        }
    }

    /// Peace: everything that is on its way arrives, everybody pushes and reads to the end.
    async fn settle(&mut self) {
        self.trace.step("peace".to_owned());
        while !self.late.is_empty() {
            self.deliver_late().await;
        }
        for number in 0..self.devices.len() {
            self.devices[number].online = true;
            while self.devices[number].has_edits() {
                let parcel = self.pack(number);
                if let Some(answer) = self.arrive(&parcel).await {
                    self.devices[number].settle(&answer);
                }
            }
        }
        for number in 0..self.devices.len() {
            self.read_to_the_end(number).await;
        }
    }

    /// New devices of everybody, by the log alone and by a snapshot, get to the same place.
    async fn join_everywhere(&mut self) {
        for member in MEMBERS {
            for generation in [Generation::Log, Generation::Snapshot] {
                let number = self.devices.len();
                let mut device = team::join(&self.fleet.sessions, member, number, &mut self.rng);
                device.generation = generation;
                device.needs_snapshot = generation == Generation::Snapshot;
                self.devices.push(device);
                self.read_to_the_end(number).await;
            }
        }
    }

    /// Every copy is the state that the history makes, and every claim was true.
    fn reckon(&self) {
        for device in &self.devices {
            let ledger = &self.ledgers[&device.workspace];
            assert_same(&ledger.state(ledger.head, &device.user), &device.rows);
        }
        self.ledgers.values().for_each(Ledger::audit);
    }
}
