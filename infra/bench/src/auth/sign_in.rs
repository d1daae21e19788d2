//! `POST /api/basic-auth/sign-in` beside the bare password hash of the same run.

use std::time::Duration;

use super::{CONNECTIONS, hashes};
use crate::account::{EMAIL, PASSWORD, sign_in};
use crate::command::Outcome;
use crate::load::{self, Plan, Script};
use crate::machine;
use crate::process::Server;
use crate::rates::Rates;
use crate::table::Goal;
use crate::wire::{Answer, Request};

const TIME: Duration = Duration::from_secs(5);

const PLAN: Plan = Plan {
    requests: 5_000,
    time: TIME,
    warm_up: 1,
};

/// How close to the bare rate sign-ins should come.
const SHARE: f64 = 0.85;

#[derive(Clone)]
struct SignIn(Request);

impl Script for SignIn {
    fn request(&mut self) -> Option<Request> {
        Some(self.0.clone())
    }

    fn answer(&mut self, answer: &Answer) -> Outcome {
        answer.expect(200)
    }
}

/// Measures the bare hash first, on as many threads as the sign-ins can use.
pub(super) fn measure(server: &Server) -> Outcome {
    let mut rates = Rates::of("sign-in");
    for connections in CONNECTIONS {
        let threads = connections.min(machine::cores());
        let (count, bare) = hashes::rate(threads, TIME)?;
        rates.limit("bare argon2id", threads, count, bare);
        let scripts = vec![SignIn(sign_in(EMAIL, PASSWORD)); connections];
        let measured = load::run(server, PLAN, scripts)?;
        let goal = Goal::AtLeast(bare * SHARE);
        rates.row("sign-in", connections, &measured, Some(goal));
    }
    rates.print("POST /api/basic-auth/sign-in");
    Ok(())
}
