//! Where rows live: the ports of `or3-domain` on libSQL, in a local file or on a server.
//!
//! Each port has a file of the same name as its module in the domain. A port method is one batch,
//! one batch is one transaction and one round trip; SQL stands in the file of the method that
//! uses it. Nothing above this crate sees SQL, a connection or a driver's error.

mod admin;
mod audit;
mod auth;
mod claims;
mod database;
#[cfg(test)]
mod database_suite;
mod failure;
#[cfg(feature = "faults")]
pub mod faults;
mod gc;
mod header;
mod invite;
mod limits;
mod local;
mod migrate;
mod open;
mod probe;
mod remote;
mod schema;
mod statement;
mod stock;
mod storage;
mod sync;
mod workspace;

pub use gc::KeptAfter;
pub use migrate::MigrateError;
pub use open::{OpenError, State};
