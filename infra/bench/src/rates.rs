//! The table that most commands print: how often something happens a second, how long each
//! request takes, and what it costs the server.

use crate::figure::{micros_each, millis, number};
use crate::load::Measured;
use crate::table::{Goal, Table};

/// Rows of rates.
pub struct Rates {
    table: Table,
    things: usize,
}

impl Rates {
    /// Counts `thing`s, of which each request carries one until [`carrying`](Self::carrying) says
    /// otherwise.
    pub fn of(thing: &str) -> Self {
        let rate = format!("{thing}/s");
        let cost = format!("CPU µs/{thing}");
        let table = Table::new(&[
            "what",
            "connections",
            "requests",
            &rate,
            "p50 ms",
            "p95 ms",
            "p99 ms",
            &cost,
            "goal",
        ]);
        Self { table, things: 1 }
    }

    /// Says how many things each request of the following rows carries.
    pub fn carrying(&mut self, things: usize) {
        self.things = things;
    }

    /// Adds what was measured, beside what the rate should reach.
    pub fn row(&mut self, what: &str, connections: usize, measured: &Measured, goal: Option<Goal>) {
        let latencies = &measured.latencies;
        let rate = measured.rate(self.things);
        self.table.row(vec![
            what.to_owned(),
            connections.to_string(),
            number_of(latencies.count()),
            number(rate),
            millis(latencies.percentile(50)),
            millis(latencies.percentile(95)),
            millis(latencies.percentile(99)),
            micros_each(measured.cpu, latencies.count() * self.things),
            goal.map(|goal| goal.beside(rate)).unwrap_or_default(),
        ]);
    }

    /// Adds a rate that no request went into: the machine's own limit.
    pub fn limit(&mut self, what: &str, threads: usize, count: usize, rate: f64) {
        self.table.row(vec![
            what.to_owned(),
            format!("{threads} × no HTTP"),
            number_of(count),
            number(rate),
        ]);
    }

    /// Prints the table.
    pub fn print(&self, title: &str) {
        self.table.print(title);
    }
}

fn number_of(count: usize) -> String {
    number(crate::figure::float(count as u64))
}
