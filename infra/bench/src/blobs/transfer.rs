//! Uploads and downloads of several sizes, at 1 and at 8 connections.

use std::time::Duration;

use super::files::{File, Files};
use super::{limit, start};
use crate::account::Session;
use crate::command::Outcome;
use crate::figure::{float, mebibytes, millis, number};
use crate::load::{self, Client, Measured, Plan, Script};
use crate::process::Server;
use crate::table::{Goal, Table};
use crate::usage::forget_peak;
use crate::wire::{Answer, Request};

const CONNECTIONS: [usize; 2] = [1, 8];

/// Sizes in bytes, and how many files of each are sent in one measurement.
const SIZES: [(usize, usize); 4] = [
    (64 << 10, 400),
    (1 << 20, 96),
    (32 << 20, 16),
    (512 << 20, 8),
];

/// From this size on, uploads should reach a share of the machine's limit.
const LARGE: usize = 32 << 20;
const SHARE: f64 = 0.7;

/// Downloads should reach this, or [`SHARE`] of the machine's limit if that is less.
const DOWNLOAD: f64 = 1000.0;

/// Sends requests that were made before, and takes the status as the answer.
struct Transfers {
    requests: Vec<Request>,
    received: u64,
}

impl Script for Transfers {
    fn request(&mut self) -> Option<Request> {
        self.requests.pop()
    }

    fn answer(&mut self, answer: &Answer) -> Outcome {
        answer.expect(200)?;
        if self.received > 0 && answer.length != self.received {
            return Err(format!("{} bytes of {}", answer.length, self.received).into());
        }
        Ok(())
    }

    fn looks_at(&self) -> usize {
        1024
    }
}

/// One size on one server.
struct Round<'a> {
    server: &'a Server,
    session: &'a Session,
    size: usize,
    table: &'a mut Table,
}

/// Measures every size, the largest if `large`.
pub(super) fn measure(filter: &str, large: bool) -> Outcome {
    let (server, session) = start(filter)?;
    let mut table = Table::new(&[
        "what",
        "size",
        "connections",
        "files",
        "MB/s",
        "p50 ms",
        "p99 ms",
        "CPU ms/MB",
        "memory growth MiB",
        "goal",
    ]);
    for (size, count) in SIZES.into_iter().take(if large { 4 } else { 3 }) {
        let mut round = Round {
            server: &server,
            session: &session,
            size,
            table: &mut table,
        };
        round.measure(count)?;
    }
    table.print("PUT and GET of files (fs provider)");
    Ok(())
}

impl Round<'_> {
    fn measure(&mut self, count: usize) -> Outcome {
        let mut files = Files::of(self.size);
        let mut client = Client::of(self.server)?;
        let (write, send) = self.limits(&mut files, count)?;
        let mut stored = Vec::new();
        for connections in CONNECTIONS {
            let batch: Vec<_> = (0..count).map(|_| files.next()).collect();
            let requests = batch
                .iter()
                .map(|file| file.upload(&mut client, self.session));
            let requests = requests.collect::<Outcome<Vec<_>>>()?;
            let goal = (self.size >= LARGE).then_some(Goal::AtLeast(write * SHARE));
            self.transfer("upload", connections, &requests, 0, goal)?;
            stored = batch;
            for file in &stored {
                file.commit(&mut client, self.session)?;
            }
        }
        for connections in CONNECTIONS {
            let requests = stored
                .iter()
                .map(|file| file.download(&mut client, self.session));
            let requests = requests.collect::<Outcome<Vec<_>>>()?;
            let goal = Goal::AtLeast(DOWNLOAD.min(send * SHARE));
            self.transfer(
                "download",
                connections,
                &requests,
                self.size as u64,
                Some(goal),
            )?;
        }
        Ok(())
    }

    /// What the machine writes and sends at best, in megabytes a second.
    fn limits(&mut self, files: &mut Files, count: usize) -> Outcome<(f64, f64)> {
        let folder = tempfile::tempdir()?;
        let batch: Vec<File> = (0..count).map(|_| files.next()).collect();
        let write = self.rate(count, limit::write(folder.path(), &batch)?);
        let send = self.rate(count, limit::send(folder.path(), count)?);
        for (what, rate) in [
            ("limit: hash, write, fsync, rename", write),
            ("limit: read, send", send),
        ] {
            let cells = [
                what,
                &mebibytes(self.size as u64),
                "no HTTP",
                &count.to_string(),
            ];
            let mut cells: Vec<_> = cells.map(str::to_owned).into();
            cells.push(number(rate));
            self.table.row(cells);
        }
        Ok((write, send))
    }

    fn transfer(
        &mut self,
        what: &str,
        connections: usize,
        requests: &[Request],
        received: u64,
        goal: Option<Goal>,
    ) -> Outcome {
        let before = self.server.usage()?.resident;
        forget_peak(self.server.pid())?;
        let plan = Plan {
            requests: requests.len(),
            time: Duration::from_mins(10),
            warm_up: 0,
        };
        let measured = load::run(self.server, plan, lanes(requests, connections, received))?;
        let growth = self.server.usage()?.peak.saturating_sub(before);
        self.row(what, connections, &measured, growth, goal);
        Ok(())
    }

    fn row(
        &mut self,
        what: &str,
        connections: usize,
        measured: &Measured,
        growth: u64,
        goal: Option<Goal>,
    ) {
        let latencies = &measured.latencies;
        let count = latencies.count();
        let rate = self.rate(count, measured.elapsed);
        let cpu = measured.cpu.as_secs_f64() * 1000.0 / self.megabytes(count);
        self.table.row(vec![
            what.to_owned(),
            format!("{} MiB", mebibytes(self.size as u64)),
            connections.to_string(),
            count.to_string(),
            number(rate),
            millis(latencies.percentile(50)),
            millis(latencies.percentile(99)),
            number(cpu),
            mebibytes(growth),
            goal.map(|goal| goal.beside(rate)).unwrap_or_default(),
        ]);
    }

    fn rate(&self, count: usize, took: Duration) -> f64 {
        self.megabytes(count) / took.as_secs_f64()
    }

    fn megabytes(&self, count: usize) -> f64 {
        float((count * self.size) as u64) / 1e6
    }
}

fn lanes(requests: &[Request], connections: usize, received: u64) -> Vec<Transfers> {
    let each = requests.len().div_ceil(connections).max(1);
    let shares = requests.chunks(each);
    shares
        .map(|share| Transfers {
            requests: share.to_vec(),
            received,
        })
        .collect()
}
