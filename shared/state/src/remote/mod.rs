//! A database on a libSQL server, by Hrana 3 over HTTP.
//!
//! A batch travels as one request and is a transaction on the other side: each step runs only if
//! the one before it did, and the last one rolls back what did not get as far as `COMMIT`. Nothing
//! is held open between requests, so no stream can expire and no writer can stall.

mod client;
mod executor;
mod failure;
#[cfg(test)]
mod fault_tests;
mod hrana;
mod plan;

pub(crate) use client::Client;
pub(crate) use executor::RemoteExecutor;
