//! `bench health`: the cheapest request that there is. What it costs is the cost of the listener
//! and the standard layers, to be taken off the other figures in thought.

use std::time::Duration;

use crate::command::{Command, Outcome};
use crate::load::{self, Plan, Script};
use crate::machine;
use crate::process::Server;
use crate::rates::Rates;
use crate::wire::{Answer, Request};

/// `bench health`.
pub const COMMAND: Command = Command {
    name: "health",
    about: "GET /api/health at 1 and 16 connections: the cost of the HTTP stack",
    run,
};

const PLAN: Plan = Plan {
    requests: 100_000,
    time: Duration::from_secs(5),
    warm_up: 200,
};

#[derive(Clone)]
struct Ask(Request);

impl Script for Ask {
    fn request(&mut self) -> Option<Request> {
        Some(self.0.clone())
    }

    fn answer(&mut self, answer: &Answer) -> Outcome {
        answer.expect(200)
    }
}

fn run(_arguments: &[String]) -> Outcome {
    let server = Server::start(&[])?;
    machine::print(server.data(), &[]);
    let ask = Ask(Request::new("GET /api/health", &[], ""));
    let mut rates = Rates::of("request");
    for connections in [1, 16] {
        let measured = load::run(&server, PLAN, vec![ask.clone(); connections])?;
        rates.row("health", connections, &measured, None);
    }
    rates.print("GET /api/health");
    Ok(())
}
