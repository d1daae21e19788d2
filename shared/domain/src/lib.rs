//! What the product knows, in plain Rust: types, rules, and the ports through which rows, bytes
//! and time are reached.
//!
//! There is no I/O here, no HTTP and no SQL. A rule that two places must follow lives here once;
//! the adapters (`or3-state`, `or3-blobs`, ...) implement the traits that the modules call ports,
//! and the functions call those ports. Each module holds its types, its rules, its `store` (the
//! port) and its error.

pub mod access;
pub mod admin;
pub mod audit;
pub mod auth;
pub mod clock;
pub mod errand;
pub mod error;
pub mod gc;
pub mod health;
pub mod hex;
pub mod ids;
pub mod invite;
pub mod limits;
pub mod meter;
pub mod metrics;
pub mod schema;
pub mod steps;
pub mod storage;
pub mod store;
pub mod sync;
mod text;
pub mod trace;
pub mod workspace;
