//! `POST /api/sync/push` in batches of 1, 10 and 100.

use std::time::Duration;

use super::changes::Changes;
use super::{CONNECTIONS, disk, raw, start};
use crate::account::{Session, post};
use crate::command::Outcome;
use crate::figure::{mebibytes, number};
use crate::load::{self, Measured, Plan, Script};
use crate::process::Server;
use crate::rates::Rates;
use crate::table::{Goal, Table};
use crate::wire::{Answer, Request};

const TIME: Duration = Duration::from_secs(5);

/// Single ops at 16 connections should reach this, and this many times what one connection gets.
const GROUPED: (f64, f64) = (8_000.0, 5.0);

/// Batches of 100 should reach this, and this share of the engine's own rate.
const LARGE: (f64, f64) = (30_000.0, 0.5);

/// Pushes the changes of one device.
pub(super) struct Push {
    changes: Changes,
    session: Session,
    batch: usize,
}

impl Push {
    /// One device a connection; `first` keeps the devices of several runs apart.
    pub(super) fn devices(
        session: &Session,
        first: usize,
        count: usize,
        batch: usize,
    ) -> Vec<Self> {
        let device = |number: usize| Self {
            changes: Changes::of(number as u64),
            session: session.clone(),
            batch,
        };
        (first..first + count).map(device).collect()
    }
}

impl Script for Push {
    fn request(&mut self) -> Option<Request> {
        let body = self.changes.push(&self.session.workspace, self.batch);
        Some(post("/api/sync/push", &self.session.cookies, &body))
    }

    fn answer(&mut self, answer: &Answer) -> Outcome {
        answer.expect(200)?;
        let body = std::str::from_utf8(&answer.body)?;
        if body.contains(r#""success":false"#) || !body.contains(r#""success":true"#) {
            return Err(format!("a push was not taken: {body}").into());
        }
        Ok(())
    }
}

/// Measures each batch size beside the engine's own rate, then what it cost on disk.
pub(super) fn measure(filter: &str) -> Outcome {
    let (mut server, session) = start(filter)?;
    let empty = server.usage()?;
    let mut rates = Rates::of("op");
    let mut goals = Table::new(&["what", "figure", "goal"]);
    let mut first = 0;
    for batch in [1, 10, 100] {
        let (count, bare) = raw::rate(batch, TIME)?;
        rates.limit(&format!("raw libSQL, batches of {batch}"), 1, count, bare);
        rates.carrying(batch);
        let mut reached = Vec::new();
        for connections in CONNECTIONS {
            let scripts = Push::devices(&session, first, connections, batch);
            first += connections;
            let measured = load::run(&server, plan(batch), scripts)?;
            let goal = (batch == 100).then_some(Goal::AtLeast(LARGE.0.max(bare * LARGE.1)));
            let goal =
                goal.or((batch == 1 && connections == 16).then_some(Goal::AtLeast(GROUPED.0)));
            rates.row(&format!("push of {batch}"), connections, &measured, goal);
            reached.push(measured);
        }
        compare(&mut goals, batch, bare, &reached);
    }
    let full = server.usage()?;
    rates.print("POST /api/sync/push");
    goals.row(memory("memory before, MiB", empty.resident));
    goals.row(memory("memory after, MiB", full.resident));
    goals.row(memory("peak memory, MiB", full.peak));
    goals.row(disk::row(&mut server)?);
    goals.print("The same pushes");
    Ok(())
}

fn plan(batch: usize) -> Plan {
    Plan {
        requests: 200_000 / batch,
        time: TIME,
        warm_up: 3,
    }
}

fn compare(table: &mut Table, batch: usize, bare: f64, reached: &[Measured]) {
    let [one, many] = reached else { return };
    let (one, many) = (one.rate(batch), many.rate(batch));
    let grouped = Goal::AtLeast(GROUPED.1).beside(many / one);
    table.row(vec![
        format!("16 connections against one, batches of {batch}"),
        number(many / one),
        if batch == 1 { grouped } else { String::new() },
    ]);
    let best = one.max(many) / bare * 100.0;
    let share = Goal::AtLeast(LARGE.1 * 100.0).beside(best);
    table.row(vec![
        format!("% of raw libSQL at best, batches of {batch}"),
        number(best),
        if batch == 100 { share } else { String::new() },
    ]);
}

fn memory(what: &str, bytes: u64) -> Vec<String> {
    vec![what.to_owned(), mebibytes(bytes)]
}

/// Pushes `changes` changes as fast as it goes, without looking at the time.
pub(super) fn fill(server: &Server, session: &Session, first: usize, changes: usize) -> Outcome {
    let plan = Plan {
        requests: changes / 100,
        time: Duration::from_hours(1),
        warm_up: 0,
    };
    load::run(server, plan, Push::devices(session, first, 4, 100)).map(drop)
}
