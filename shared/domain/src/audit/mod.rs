//! The audit trail: what was done, by whom, and when, in a chain that shows tampering.
//!
//! An entry is written in the transaction of what it tells, which costs no round trip of its own and
//! leaves no entry out. It is sealed later, by one conditional transaction for all entries that are
//! not: its link is a digest of itself and of the link before, so that processes which write at once
//! never wait for each other and the chain has no forks. An administrator's action seals at once;
//! everything else waits for the next one, for whoever lists or verifies, or for the collection.

mod action;
mod chain;
mod entry;
mod store;
mod verify;

pub use action::Action;
pub use chain::{Broken, Chain, Link};
pub use entry::{Entry, NewEntry};
pub use store::{AuditLog, Head, Sealed};
pub use verify::{Looked, verify};
