//! `POST /api/basic-auth/refresh`: every connection rotates a session of its own, again and again.

use std::time::Duration;

use super::CONNECTIONS;
use crate::account::{Session, cookies, post};
use crate::command::Outcome;
use crate::load::{self, Client, Plan, Script};
use crate::process::Server;
use crate::rates::Rates;
use crate::table::Goal;
use crate::wire::{Answer, Request};

const PLAN: Plan = Plan {
    requests: 20_000,
    time: Duration::from_secs(6),
    warm_up: 20,
};

/// Presents the refresh token that the last answer gave.
struct Rotate {
    cookies: String,
}

impl Script for Rotate {
    fn request(&mut self) -> Option<Request> {
        Some(post("/api/basic-auth/refresh", &self.cookies, ""))
    }

    fn answer(&mut self, answer: &Answer) -> Outcome {
        answer.expect(200)?;
        let renewed = cookies(answer);
        if renewed == self.cookies {
            return Err("a refresh did not rotate".into());
        }
        self.cookies = renewed;
        Ok(())
    }
}

/// Measures refreshes, each of them durable.
pub(super) fn measure(server: &Server) -> Outcome {
    let mut client = Client::of(server)?;
    let mut rates = Rates::of("refresh");
    for connections in CONNECTIONS {
        let mut scripts = Vec::new();
        for _ in 0..connections {
            let cookies = Session::start(&mut client)?.cookies;
            scripts.push(Rotate { cookies });
        }
        let measured = load::run(server, PLAN, scripts)?;
        let goal = (connections == 16).then_some(Goal::AtLeast(2_000.0));
        rates.row("rotate", connections, &measured, goal);
    }
    rates.print("POST /api/basic-auth/refresh");
    Ok(())
}
