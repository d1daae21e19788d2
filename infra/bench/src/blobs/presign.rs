//! Presigning at 16 connections in a small and in a large workspace, with a quota to keep.

use std::time::Duration;

use super::files::{File, Files};
use super::start;
use crate::account::{Session, post};
use crate::command::Outcome;
use crate::figure::millis;
use crate::load::{self, Client, Plan, Script};
use crate::process::Server;
use crate::rates::Rates;
use crate::table::{Goal, Table};
use crate::wire::{Answer, Request};

const CONNECTIONS: usize = 16;

/// How many files the workspace has.
const WORKSPACES: [usize; 2] = [100, 100_000];

const PLAN: Plan = Plan {
    requests: 50_000,
    time: Duration::from_secs(5),
    warm_up: 50,
};

#[derive(Clone)]
struct Presign(Request);

impl Script for Presign {
    fn request(&mut self) -> Option<Request> {
        Some(self.0.clone())
    }

    fn answer(&mut self, answer: &Answer) -> Outcome {
        answer.expect(200)
    }
}

/// Measures both directions in both workspaces.
pub(super) fn measure(filter: &str) -> Outcome {
    let mut rates = Rates::of("presign");
    let mut goals = Table::new(&["what", "p99 ms", "goal"]);
    for count in WORKSPACES {
        let (server, session) = start(filter)?;
        let file = settle(&server, &session, count)?;
        let (up, down) = (
            file.presign_upload(&session),
            file.presign_download(&session),
        );
        for (what, request) in [("presign-upload", up), ("presign-download", down)] {
            let what = format!("{what}, {count} files");
            let scripts = vec![Presign(request); CONNECTIONS];
            let measured = load::run(&server, PLAN, scripts)?;
            rates.row(&what, CONNECTIONS, &measured, None);
            let p99 = measured.latencies.percentile(99);
            let goal = Goal::AtMost(5.0).beside(p99.as_secs_f64() * 1000.0);
            goals.row(vec![what, millis(p99), goal]);
        }
    }
    rates.print("POST /api/storage/presign-*");
    goals.print("The same");
    Ok(())
}

/// Uploads and commits one file, and gives the workspace the metadata of `count`.
fn settle(server: &Server, session: &Session, count: usize) -> Outcome<File> {
    let mut client = Client::of(server)?;
    let mut files = Files::of(1000);
    let first = files.next();
    let upload = first.upload(&mut client, session)?;
    client.send(&upload)?.expect(200)?;
    first.commit(&mut client, session)?;
    for batch in 0..count.div_ceil(100) {
        let ops = (0..100).map(|at| files.next().metadata(&op_id(batch * 100 + at)));
        let ops = ops.collect::<Vec<_>>().join(",");
        let body = format!(
            r#"{{"scope":{{"workspaceId":"{}"}},"ops":[{ops}]}}"#,
            session.workspace
        );
        let answer = client.send(&post("/api/sync/push", &session.cookies, &body))?;
        answer.expect(200)?;
        if String::from_utf8_lossy(&answer.body).contains(r#""success":false"#) {
            return Err("metadata was not taken".into());
        }
    }
    Ok(first)
}

fn op_id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}
