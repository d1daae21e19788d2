//! `GET /api/auth/session` with a valid access cookie: what every tab asks first.

use std::time::Duration;

use super::CONNECTIONS;
use crate::account::{Session, get};
use crate::command::Outcome;
use crate::figure::{mebibytes, millis};
use crate::load::{self, Client, Measured, Plan, Script};
use crate::process::Server;
use crate::rates::Rates;
use crate::table::{Goal, Table};

use crate::wire::{Answer, Request};

const PLAN: Plan = Plan {
    requests: 200_000,
    time: Duration::from_secs(6),
    warm_up: 500,
};

/// Asks for the session again and again.
#[derive(Clone)]
struct Ask(Request);

impl Script for Ask {
    fn request(&mut self) -> Option<Request> {
        Some(self.0.clone())
    }

    fn answer(&mut self, answer: &Answer) -> Outcome {
        answer.expect(200)?;
        if answer.body.starts_with(br#"{"session":null"#) {
            return Err("the session is gone".into());
        }
        Ok(())
    }
}

/// Measures with limits switched off, and with limits that count.
pub(super) fn measure(unlimited: &Server, counting: &Server) -> Outcome {
    let mut rates = Rates::of("session");
    let mut busiest = None;
    for (what, server) in [("limits off", unlimited), ("limits counting", counting)] {
        for connections in CONNECTIONS {
            let measured = drive(server, connections)?;
            let goal = (connections == 16).then_some(Goal::AtLeast(20_000.0));
            rates.row(what, connections, &measured, goal);
            if connections == 16 {
                busiest.get_or_insert(measured);
            }
        }
    }
    rates.print("GET /api/auth/session with a valid cookie");
    let Some(busiest) = busiest else {
        return Ok(());
    };
    let p99 = busiest.latencies.percentile(99);
    let mut table = Table::new(&["what", "figure", "goal"]);
    table.row(vec![
        "p99 at 16 connections, ms".to_owned(),
        millis(p99),
        Goal::AtMost(5.0).beside(p99.as_secs_f64() * 1000.0),
    ]);
    table.row(vec![
        "peak memory, MiB".to_owned(),
        mebibytes(unlimited.usage()?.peak),
    ]);
    table.print("The same");
    Ok(())
}

fn drive(server: &Server, connections: usize) -> Outcome<Measured> {
    let session = Session::start(&mut Client::of(server)?)?;
    let ask = Ask(get("/api/auth/session", &session.cookies));
    load::run(server, PLAN, vec![ask; connections])
}
