//! `POST /api/sync/pull` through a log of 100 000 changes, in pages of 100 and of 1000.

use std::time::Duration;

use super::push::fill;
use super::{CONNECTIONS, start};
use crate::account::{Session, post};
use crate::command::Outcome;
use crate::figure::{mebibytes, number};
use crate::load::{self, Plan, Script};
use crate::process::Server;
use crate::rates::Rates;
use crate::table::{Goal, Table};
use crate::wire::{Answer, Request};

/// How long the log is.
const LOG: usize = 100_000;

const PLAN: Plan = Plan {
    requests: 50_000,
    time: Duration::from_secs(5),
    warm_up: 5,
};

/// Pulls page after page and starts over at the end of the log.
pub(super) struct Pull {
    session: Session,
    cursor: usize,
    page: usize,
    log: usize,
}

impl Pull {
    /// Readers who start at different places of a log of `log` changes.
    pub(super) fn readers(session: &Session, count: usize, page: usize, log: usize) -> Vec<Self> {
        let reader = |number: usize| Self {
            session: session.clone(),
            cursor: number * log / count / page * page,
            page,
            log,
        };
        (0..count).map(reader).collect()
    }
}

impl Script for Pull {
    fn request(&mut self) -> Option<Request> {
        let body = format!(
            r#"{{"scope":{{"workspaceId":"{}"}},"cursor":{},"limit":{}}}"#,
            self.session.workspace, self.cursor, self.page
        );
        self.cursor = (self.cursor + self.page) % self.log;
        Some(post("/api/sync/pull", &self.session.cookies, &body))
    }

    /// Looks whether the page was full: by its length, since parsing would take longer than
    /// serving.
    fn answer(&mut self, answer: &Answer) -> Outcome {
        answer.expect(200)?;
        let least = (self.page * super::changes::PAYLOAD) as u64;
        if answer.length < least {
            return Err(format!("a page of {} bytes is not full", answer.length).into());
        }
        Ok(())
    }
}

/// Measures both page sizes.
pub(super) fn measure(filter: &str) -> Outcome {
    let (server, session) = start(filter)?;
    fill(&server, &session, 0, LOG)?;
    let mut rates = Rates::of("row");
    let mut goals = Table::new(&["what", "figure", "goal"]);
    for page in [100, 1000] {
        rates.carrying(page);
        let mut reached = Vec::new();
        for connections in CONNECTIONS {
            let scripts = Pull::readers(&session, connections, page, LOG);
            let measured = load::run(&server, PLAN, scripts)?;
            let goal = (page == 1000).then_some(Goal::AtLeast(450_000.0));
            rates.row(&format!("pull of {page}"), connections, &measured, goal);
            reached.push(measured.rate(page));
        }
        goals.row(vec![
            format!("16 connections against one, pages of {page}"),
            number(reached[1] / reached[0]),
            Goal::AtLeast(1.0).beside(reached[1] / reached[0]),
        ]);
    }
    rates.print(&format!("POST /api/sync/pull from a log of {LOG} changes"));
    goals.row(peak(&server)?);
    goals.print("The same pulls");
    Ok(())
}

fn peak(server: &Server) -> Outcome<Vec<String>> {
    let usage = server.usage()?;
    Ok(vec!["peak memory, MiB".to_owned(), mebibytes(usage.peak)])
}
