//! Uploads and downloads of several sizes, at 1 and at 8 connections.

use std::time::Duration;

use super::files::{File, Files};
use super::{limit, plain, start};
use crate::account::Session;
use crate::command::Outcome;
use crate::figure::{float, mebibytes, millis, number};
use crate::load::{self, Client, Measured, Plan, Script};
use crate::process::Server;
use crate::table::{Goal, Table};
use crate::usage::forget_peak;
use crate::wire::{Answer, Request};

const CONNECTIONS: [usize; 2] = [1, 8];

/// From this size on, uploads should reach a share of the machine's limit.
const LARGE: usize = 32 << 20;
const SHARE: f64 = 0.7;

/// Downloads should reach this, in megabytes a second, or [`SHARE`] of what a plain file server
/// does.
const DOWNLOAD: f64 = 1000.0;

/// Small files are downloaded again and again until it is this many bytes: a run of some
/// milliseconds says nothing.
const ENOUGH: usize = 256 << 20;

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
    plain: &'a Server,
    session: &'a Session,
    size: usize,
    table: &'a mut Table,
}

/// What sending or fetching some files came to.
struct Transfer {
    measured: Measured,
    /// By how many bytes the server's memory grew meanwhile.
    growth: u64,
}

/// Measures each of `sizes`: bytes, and how many files.
pub(super) fn measure(filter: &str, sizes: &[(usize, usize)]) -> Outcome {
    let (server, session) = start(filter)?;
    let workspaces = server.data().join("blobs/workspaces");
    let plain = plain::start(&workspaces.join(&session.workspace))?;
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
        "of a plain server",
        "goal",
    ]);
    for &(size, count) in sizes {
        let mut round = Round {
            server: &server,
            plain: &plain,
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
        let write = self.limits(&mut files, count)?;
        let mut stored = Vec::new();
        for connections in CONNECTIONS {
            let batch: Vec<_> = (0..count).map(|_| files.next()).collect();
            let requests = batch
                .iter()
                .map(|file| file.upload(&mut client, self.session));
            let requests = requests.collect::<Outcome<Vec<_>>>()?;
            let goal = (self.size >= LARGE).then_some(Goal::AtLeast(write * SHARE));
            let lanes = lanes(&requests, connections, 0);
            let measured = transfer(self.server, requests.len(), lanes)?;
            self.row("upload", connections, &measured, None, goal);
            stored = batch;
            for file in &stored {
                file.commit(&mut client, self.session)?;
            }
        }
        for connections in CONNECTIONS {
            let requests = stored
                .iter()
                .map(|file| file.download(&mut client, self.session));
            let ours = requests.collect::<Outcome<Vec<_>>>()?;
            let plain: Vec<_> = stored.iter().map(File::download_plainly).collect();
            let beside = self.download(self.plain, connections, &plain)?;
            self.row("plain file server", connections, &beside, None, None);
            let measured = self.download(self.server, connections, &ours)?;
            let beside = self.rate_of(&beside);
            let goal = Goal::AtLeast(DOWNLOAD.min(beside * SHARE));
            self.row("download", connections, &measured, Some(beside), Some(goal));
        }
        Ok(())
    }

    fn download(
        &self,
        server: &Server,
        connections: usize,
        requests: &[Request],
    ) -> Outcome<Transfer> {
        let rounds = ENOUGH.div_ceil(self.size * requests.len().max(1));
        let requests: Vec<_> = (0..rounds).flat_map(|_| requests.to_vec()).collect();
        let lanes = lanes(&requests, connections, self.size as u64);
        transfer(server, requests.len(), lanes)
    }

    /// What the machine writes at best, in megabytes a second; what it sends is printed.
    fn limits(&mut self, files: &mut Files, count: usize) -> Outcome<f64> {
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
        Ok(write)
    }

    fn row(
        &mut self,
        what: &str,
        connections: usize,
        Transfer { measured, growth }: &Transfer,
        beside: Option<f64>,
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
            mebibytes(*growth),
            beside
                .map(|beside| format!("{} %", number((100.0 * rate / beside).round())))
                .unwrap_or_default(),
            goal.map(|goal| goal.beside(rate)).unwrap_or_default(),
        ]);
    }

    fn rate_of(&self, Transfer { measured, .. }: &Transfer) -> f64 {
        self.rate(measured.latencies.count(), measured.elapsed)
    }

    fn rate(&self, count: usize, took: Duration) -> f64 {
        self.megabytes(count) / took.as_secs_f64()
    }

    fn megabytes(&self, count: usize) -> f64 {
        float((count * self.size) as u64) / 1e6
    }
}

/// Drives `server` with `requests` requests in all.
fn transfer(server: &Server, requests: usize, lanes: Vec<Transfers>) -> Outcome<Transfer> {
    let before = server.usage()?.resident;
    forget_peak(server.pid())?;
    let plan = Plan {
        requests,
        time: Duration::from_mins(10),
        warm_up: 0,
    };
    let measured = load::run(server, plan, lanes)?;
    let growth = server.usage()?.peak.saturating_sub(before);
    Ok(Transfer { measured, growth })
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
