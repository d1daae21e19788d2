//! Whether memory and times stay as they are while the log grows.

use std::time::Duration;

use super::pull::Pull;
use super::push::{Push, fill};
use super::start;
use crate::account::Session;
use crate::command::Outcome;
use crate::figure::{float, mebibytes, millis, number};
use crate::load::{self, Plan};
use crate::process::Server;
use crate::table::{Goal, Table};

/// What a log of one length showed.
struct Sample {
    memory: u64,
    push: Duration,
    pull: Duration,
}

const PULLS: Plan = Plan {
    requests: 300,
    time: Duration::from_secs(5),
    warm_up: 10,
};

/// Few, because they let the log grow.
const PUSHES: Plan = Plan {
    requests: 30,
    time: Duration::from_secs(5),
    warm_up: 3,
};

/// Samples at 1000, 10 000 and 100 000 changes, and at 1 000 000 if `to_a_million`.
pub(super) fn measure(filter: &str, to_a_million: bool) -> Outcome {
    let (server, session) = start(filter)?;
    let lengths = [1_000, 10_000, 100_000, 1_000_000];
    let mut samples: Vec<Sample> = Vec::new();
    let mut table = Table::new(&[
        "changes",
        "memory MiB",
        "goal",
        "push of 100, p50 ms",
        "goal",
        "pull of 1000, p50 ms",
        "goal",
    ]);
    let mut filled = 0;
    for (at, length) in lengths
        .into_iter()
        .take(if to_a_million { 4 } else { 3 })
        .enumerate()
    {
        fill(&server, &session, 100 * at, length - filled)?;
        let sample = Sample::take(&server, &session, 100 * at + 50, length)?;
        filled = length + (PUSHES.requests + PUSHES.warm_up) * 100;
        table.row(sample.row(length, samples.first(), samples.get(1)));
        samples.push(sample);
    }
    table.print("While the log grows (one connection)");
    Ok(())
}

impl Sample {
    fn take(server: &Server, session: &Session, device: usize, length: usize) -> Outcome<Self> {
        let pull = load::run(server, PULLS, Pull::readers(session, 1, 1000, length))?;
        let push = load::run(server, PUSHES, Push::devices(session, device, 1, 100))?;
        Ok(Self {
            memory: server.usage()?.resident,
            push: push.latencies.percentile(50),
            pull: pull.latencies.percentile(50),
        })
    }

    /// Memory is held against the smallest log, times against the one of 10 000.
    fn row(&self, length: usize, smallest: Option<&Self>, reference: Option<&Self>) -> Vec<String> {
        let most = smallest.map(|first| float(first.memory >> 20) + 20.0);
        let memory = most.map(|most| Goal::AtMost(most).beside(float(self.memory >> 20)));
        let within = |now: Duration, then: fn(&Self) -> Duration| {
            let most = reference.map(|sample| then(sample).as_secs_f64() * 1200.0);
            most.map(|most| Goal::AtMost(most).beside(now.as_secs_f64() * 1000.0))
        };
        vec![
            number(float(length as u64)),
            mebibytes(self.memory),
            memory.unwrap_or_default(),
            millis(self.push),
            within(self.push, |sample| sample.push).unwrap_or_default(),
            millis(self.pull),
            within(self.pull, |sample| sample.pull).unwrap_or_default(),
        ]
    }
}
