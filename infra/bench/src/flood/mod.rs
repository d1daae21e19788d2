//! `bench flood`: a flood of requests that are no good, and what people notice of it.
//!
//! An attacker sends 20 000 requests a second over kept connections, pipelined, all of them wrong in
//! one way or another, and others that are no HTTP at all; meanwhile a few people work. Attacker,
//! people and server share this machine, and nothing leaves it: the server listens on loopback and
//! is ours, and the attack is over when its time is.

mod attack;
mod people;
mod watch;

use std::thread;
use std::time::{Duration, Instant};

use crate::account::{ACCOUNT, Session};
use crate::command::{Command, Outcome, value};
use crate::figure::{float, mebibytes, millis, number};
use crate::latency::Latencies;
use crate::load::Client;
use crate::machine;
use crate::process::Server;
use crate::table::{Goal, Table};
use crate::wire::Request;

use watch::Memory;

/// `bench flood`.
pub const COMMAND: Command = Command {
    name: "flood",
    about: "20 000 wrong requests a second for 30 s: memory, and what people notice; \
            [--rate N] [--seconds N]",
    run,
};

/// The slowest that one in a hundred people's requests may be, in milliseconds.
const PATIENCE: f64 = 100.0;
/// How much memory may grow once everything is warm, in MiB.
const GROWTH: f64 = 16.0;

/// Many pulls are within a person's budget here; wrong sign-ins have the usual one.
const SETTINGS: [(&str, &str); 3] = [
    ("OR3_LOG", "info"),
    ("OR3_LOG_FORMAT", "json"),
    (
        "OR3_RATE_LIMIT_OVERRIDES_JSON",
        r#"{"sync:pull":{"maxRequests":1000000}}"#,
    ),
];

fn run(arguments: &[String]) -> Outcome {
    let rate = value(arguments, "--rate").map_or(Ok(20_000), str::parse)?;
    let seconds = value(arguments, "--seconds").map_or(Ok(30), str::parse)?;
    let mut settings = SETTINGS.to_vec();
    settings.extend(ACCOUNT);
    let server = Server::start(&settings)?;
    if !server.address().ip().is_loopback() {
        return Err("only a server on loopback is flooded".into());
    }
    let session = Session::start(&mut Client::of(&server)?)?;
    let facts = [
        (
            "attack",
            format!("{rate} a second for {seconds} s, {}", attack::about()),
        ),
        ("people", people::about()),
        ("log", "OR3_LOG=info, JSON, to a file".to_owned()),
    ];
    machine::print(server.data(), &facts);

    let time = Duration::from_secs(seconds);
    let calm = people::work(server.address(), &session, Instant::now() + time / 6)?;
    let until = Instant::now() + time;
    let (address, pid) = (server.address(), server.pid());
    let flooding = thread::spawn(move || attack::run(address, rate, until));
    let watcher = thread::spawn(move || watch::memory(pid, until));
    let flooded = people::work(address, &session, until)?;
    let attacked = flooding.join().map_err(|_| "the attacker broke down")??;
    let memory = watcher.join().map_err(|_| "nobody watched")??;
    Client::of(&server)?
        .send(&Request::new("GET /api/health", &[], ""))?
        .expect(200)?;

    attacked.print(time);
    print(&calm, &flooded, &memory);
    Ok(())
}

fn print(calm: &Latencies, flooded: &Latencies, memory: &Memory) {
    let mut table = Table::new(&["people", "requests", "p50 ms", "p95 ms", "p99 ms", "goal"]);
    for (what, latencies, judged) in [("before", calm, false), ("in the flood", flooded, true)] {
        let slowest = latencies.percentile(99);
        let goal = Goal::AtMost(PATIENCE).beside(slowest.as_secs_f64() * 1000.0);
        table.row(vec![
            what.to_owned(),
            number(float(latencies.count() as u64)),
            millis(latencies.percentile(50)),
            millis(latencies.percentile(95)),
            millis(slowest),
            if judged { goal } else { String::new() },
        ]);
    }
    table.print("What people notice");
    let mut table = Table::new(&["memory", "MiB", "goal"]);
    let growth = memory.growth();
    table.row(vec!["when warm".to_owned(), mebibytes(memory.warm)]);
    table.row(vec!["at the end".to_owned(), mebibytes(memory.last)]);
    table.row(vec!["most".to_owned(), mebibytes(memory.most)]);
    let goal = Goal::AtMost(GROWTH).beside(growth);
    table.row(vec!["growth, warm to end".to_owned(), number(growth), goal]);
    table.print("The server, which is up and healthy");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_is_given_back_did_not_grow() {
        let memory = Memory {
            warm: 30 << 20,
            last: 29 << 20,
            most: 31 << 20,
        };
        assert!(memory.growth() < 0.0);
    }
}
