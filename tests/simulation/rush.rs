//! Several requests at once, at whatever servers there are, and a bad network before the database.

use futures_util::future::join_all;
use or3_testkit::{Answer, Fate};

use crate::fleet::Request;
use crate::post::Parcel;
use crate::run::Run;

/// What a device does in a rush.
enum Errand {
    Push(Parcel),
    Pull(Request, i64),
}

impl Errand {
    fn request(&self) -> &Request {
        match self {
            Self::Push(parcel) => &parcel.request,
            Self::Pull(request, _) => request,
        }
    }
}

impl Run {
    /// Now and then some of the next requests to the database, or their answers, are lost.
    pub(crate) fn spoil_the_network(&mut self) {
        let fates = [
            Fate::Pass,
            Fate::LoseAnswer,
            Fate::LoseRequest,
            Fate::Status(502),
            Fate::PassAndHangUp,
        ];
        if self.rng.u8(..6) == 0 {
            let count = self.rng.usize(1..4);
            let fates: Vec<_> = (0..count).filter_map(|_| self.rng.choice(fates)).collect();
            self.trace.step(format!("the network: {fates:?}"));
            self.fleet.spoil(fates);
        }
    }

    /// Some devices push and pull at the same time; some pushes are sent to two servers at once.
    pub(crate) async fn rush(&mut self) {
        let mut errands = Vec::new();
        for number in 0..self.devices.len() {
            if self.devices[number].online && self.rng.bool() {
                self.errands_of(number, &mut errands);
            }
        }
        self.trace
            .step(format!("{} requests at once", errands.len()));
        let places: Vec<_> = errands.iter().map(|_| self.any_server()).collect();
        let answers = errands.iter().zip(places).map(|((_, errand), server)| {
            let request = errand.request();
            self.fleet.deliver(server, request)
        });
        let answers = join_all(answers).await;
        for ((number, errand), answer) in errands.into_iter().zip(answers) {
            self.come_home(number, errand, &answer);
        }
    }

    fn errands_of(&mut self, number: usize, errands: &mut Vec<(usize, Errand)>) {
        let device = &self.devices[number];
        if device.has_edits() {
            let parcel = self.pack(number);
            if self.rng.u8(..3) == 0 {
                errands.push((number, Errand::Push(parcel.clone())));
            }
            self.past.push(parcel.clone());
            errands.push((number, Errand::Push(parcel)));
        } else if !device.needs_snapshot {
            let request = device.pull(self.rng.u16(1..20));
            let acknowledged = self.ledgers[&device.workspace].head;
            errands.push((number, Errand::Pull(request, acknowledged)));
        }
    }

    fn come_home(&mut self, number: usize, errand: Errand, answer: &Answer) {
        match errand {
            Errand::Push(parcel) => {
                if let Some(answer) = self.hear(&parcel, answer) {
                    self.devices[number].settle(&answer);
                }
            }
            Errand::Pull(request, acknowledged) => {
                if answer.status != 503 {
                    let page = self.see(number, &request, answer, acknowledged);
                    self.devices[number].take(&page, false);
                }
            }
        }
    }
}
