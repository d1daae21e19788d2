//! How edits travel: pushes arrive, get lost, come late and come again.

use or3_testkit::Answer;
use serde_json::Value;

use crate::edit::Edit;
use crate::fleet::Request;
use crate::run::Run;

/// What becomes of a request.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Delivered,
    /// It arrives, its answer does not.
    AnswerLost,
    Lost,
    /// It arrives after its sender has given up on it.
    Late,
    /// Its server stops while it works.
    CutOff,
}

/// A push that is on its way, or was.
#[derive(Clone)]
pub(crate) struct Parcel {
    pub(crate) workspace: String,
    pub(crate) edits: Vec<Edit>,
    pub(crate) request: Request,
}

impl Run {
    /// A push of a device that has edits; from now on they may be anywhere.
    pub(crate) fn pack(&mut self, number: usize) -> Parcel {
        let device = &mut self.devices[number];
        let (edits, request) = device.push(&mut self.rng);
        let workspace = device.workspace.clone();
        let ledger = self.ledgers.get_mut(&workspace).expect("a ledger");
        ledger.send(&edits);
        Parcel {
            workspace,
            edits,
            request,
        }
    }

    /// A device pushes, and its push has a fate.
    pub(crate) async fn push(&mut self, number: usize) {
        let device = &self.devices[number];
        if !device.online || !device.has_edits() {
            return;
        }
        let parcel = self.pack(number);
        let fate = self.fate();
        let name = &self.devices[number].name;
        let ids: Vec<_> = parcel
            .edits
            .iter()
            .map(|edit| &edit.revision.op_id[..8])
            .collect();
        self.trace.step(format!("{name} pushes {ids:?}: {fate:?}"));
        match fate {
            Fate::Delivered => {
                if let Some(answer) = self.arrive(&parcel).await {
                    self.devices[number].settle(&answer);
                }
            }
            Fate::AnswerLost => drop(self.arrive(&parcel).await),
            Fate::Lost => {}
            Fate::Late => self.late.push(parcel.clone()),
            Fate::CutOff => {
                let server = self.any_server();
                self.fleet.cut_off(server, &parcel.request).await;
            }
        }
        self.past.push(parcel);
    }

    fn fate(&mut self) -> Fate {
        match self.rng.u8(..20) {
            0..13 => Fate::Delivered,
            13..15 => Fate::AnswerLost,
            15..17 => Fate::Lost,
            17..19 => Fate::Late,
            _ => Fate::CutOff,
        }
    }

    /// A push reaches a server, and the ledger hears the answer even if the device does not.
    pub(crate) async fn arrive(&mut self, parcel: &Parcel) -> Option<Value> {
        let server = self.any_server();
        let answer = self.fleet.deliver(server, &parcel.request).await;
        self.hear(parcel, &answer)
    }

    /// What a push was answered; `None` if the server could not say whether it was done.
    pub(crate) fn hear(&mut self, parcel: &Parcel, answer: &Answer) -> Option<Value> {
        if answer.status == 503 {
            assert_eq!(answer.header("retry-after"), "1");
            return None;
        }
        assert_eq!(answer.status, 200, "{}", answer.message());
        let ledger = self.ledgers.get_mut(&parcel.workspace).expect("a ledger");
        ledger.acknowledge(&parcel.edits, &answer.json());
        Some(answer.json())
    }

    pub(crate) async fn deliver_late(&mut self) {
        if !self.late.is_empty() {
            let parcel = self.late.swap_remove(self.rng.usize(..self.late.len()));
            self.trace.step("a late push arrives".to_owned());
            self.arrive(&parcel).await;
        }
    }

    /// A push that a device made some time ago arrives once more.
    pub(crate) async fn repeat(&mut self) {
        if !self.past.is_empty() {
            let parcel = self.past[self.rng.usize(..self.past.len())].clone();
            self.trace.step("an old push arrives again".to_owned());
            self.arrive(&parcel).await;
        }
    }
}
