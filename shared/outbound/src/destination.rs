//! Whom a client calls, and how much it takes from them.

use std::time::Duration;

use http::StatusCode;

/// One neighbour of this process.
#[derive(Clone, Copy, Debug)]
pub struct Destination {
    /// What it is called in errors, logs and counts; never an address.
    pub name: &'static str,
    /// Whether it may be spoken to without TLS, because the deployment says so.
    pub plain_http: bool,
    /// How long the head of an answer, or the rest of a short one, or the next piece of a long
    /// one, may take to come.
    pub patience: Duration,
    /// How long a call may take in all, repetitions and pauses included.
    pub deadline: Duration,
    /// How often a request that may be repeated is sent at most.
    pub tries: u32,
    /// The largest answer that is read as a whole, in bytes.
    pub largest: usize,
    /// Whether an answer says "later", besides those that say so by status: 429, 500, 502, 503
    /// and 504. Answers that are read in pieces show no body here.
    pub says_later: fn(StatusCode, &[u8]) -> bool,
}

impl Destination {
    /// A destination that is spoken to by TLS, with the usual measures: ten seconds for an answer,
    /// twenty in all, two tries, 2 MiB.
    pub const fn named(name: &'static str) -> Self {
        Self {
            name,
            plain_http: false,
            patience: Duration::from_secs(10),
            deadline: Duration::from_secs(20),
            tries: 2,
            largest: 2 * 1024 * 1024,
            says_later: |_, _| false,
        }
    }
}

/// Whether a request may reach its destination twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// It reads, or it carries what makes a repetition known as one.
    Safe,
    /// Doing it twice would not be the same: it is sent again only while nothing of it has left
    /// this process.
    Never,
}
