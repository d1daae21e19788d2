//! The load generator: N kept connections on one thread, each sending its next request when the
//! answer to the last one is there. It shares the machine with the server, so it does as little
//! as it can.

use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::command::Outcome;
use crate::figure::float;
use crate::latency::Latencies;
use crate::process::Server;
use crate::wire::{Answer, Connection, Request};

/// What one connection sends, and what it makes of the answers.
pub trait Script: Send + 'static {
    /// The next request, or `None` when there is nothing left to send.
    fn request(&mut self) -> Option<Request>;

    /// Looks at the answer to the last request. An error ends the run: figures of requests that
    /// did something else than intended mean nothing.
    fn answer(&mut self, answer: &Answer) -> Outcome;

    /// How many bytes of each body [`answer`](Self::answer) needs to see.
    fn looks_at(&self) -> usize {
        usize::MAX
    }
}

/// How much is sent.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Requests of all connections together.
    pub requests: usize,
    /// No request starts after this long.
    pub time: Duration,
    /// Requests that each connection sends before anything is counted.
    pub warm_up: usize,
}

/// What a run showed.
#[derive(Clone, Debug)]
pub struct Measured {
    /// How long each request took, from the first byte out to the last byte in.
    pub latencies: Latencies,
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// Bytes sent, heads included.
    pub sent: u64,
    /// Body bytes received.
    pub received: u64,
    /// CPU time that the server used meanwhile.
    pub cpu: Duration,
}

impl Measured {
    /// How many of `count` things a second, when each request carries `count`.
    pub fn rate(&self, count: usize) -> f64 {
        let all = float((self.latencies.count() * count) as u64);
        all / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }
}

/// Sends one request after the other, outside any load: to prepare and to look.
pub struct Client {
    runtime: Runtime,
    connection: Connection,
}

impl Client {
    /// A client of `server`.
    pub fn of(server: &Server) -> Outcome<Self> {
        let runtime = runtime()?;
        let connection = runtime.block_on(Connection::open(server.address()))?;
        Ok(Self {
            runtime,
            connection,
        })
    }

    /// Sends a request and waits for the answer.
    pub fn send(&mut self, request: &Request) -> Outcome<Answer> {
        self.runtime.block_on(self.connection.send(request))
    }
}

/// Runs one script a connection, all at once, and measures.
pub fn run<S: Script>(server: &Server, plan: Plan, scripts: Vec<S>) -> Outcome<Measured> {
    runtime()?.block_on(measure(server, plan, scripts))
}

fn runtime() -> Outcome<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

async fn measure<S: Script>(server: &Server, plan: Plan, scripts: Vec<S>) -> Outcome<Measured> {
    let each = plan.requests.div_ceil(scripts.len().max(1));
    let mut lanes = JoinSet::new();
    for script in scripts {
        let connection = Connection::open(server.address()).await?;
        lanes.spawn(Lane::new(connection, script).warmed_up(plan.warm_up));
    }
    let warm = collect(lanes).await?;

    let before = server.usage()?;
    let started = Instant::now();
    let mut lanes = JoinSet::new();
    for lane in warm {
        lanes.spawn(lane.drive(each, started + plan.time));
    }
    let driven = collect(lanes).await?;
    let elapsed = started.elapsed();
    let cpu = server.usage()?.cpu.saturating_sub(before.cpu);
    Ok(Measured {
        sent: driven.iter().map(|lane| lane.sent).sum(),
        received: driven.iter().map(|lane| lane.received).sum(),
        latencies: Latencies::of(driven.into_iter().flat_map(|lane| lane.latencies).collect()),
        elapsed,
        cpu,
    })
}

async fn collect<T: 'static>(mut lanes: JoinSet<Outcome<T>>) -> Outcome<Vec<T>> {
    let mut all = Vec::with_capacity(lanes.len());
    while let Some(lane) = lanes.join_next().await {
        all.push(lane??);
    }
    Ok(all)
}

/// A connection with its script and its tally.
struct Lane<S> {
    connection: Connection,
    script: S,
    latencies: Vec<Duration>,
    sent: u64,
    received: u64,
}

impl<S: Script> Lane<S> {
    fn new(mut connection: Connection, script: S) -> Self {
        connection.keep(script.looks_at());
        Self {
            connection,
            script,
            latencies: Vec::new(),
            sent: 0,
            received: 0,
        }
    }

    async fn warmed_up(self, requests: usize) -> Outcome<Self> {
        let far = Instant::now() + Duration::from_hours(1);
        let warm = self.drive(requests, far).await?;
        Ok(Self::new(warm.connection, warm.script))
    }

    async fn drive(mut self, requests: usize, deadline: Instant) -> Outcome<Self> {
        for _ in 0..requests {
            let started = Instant::now();
            if started >= deadline {
                break;
            }
            let Some(request) = self.script.request() else {
                break;
            };
            let started = Instant::now();
            let answer = self.connection.send(&request).await?;
            self.latencies.push(started.elapsed());
            self.sent += request.length();
            self.received += answer.length;
            self.script.answer(&answer)?;
        }
        Ok(self)
    }
}
