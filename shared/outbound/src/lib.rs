//! How this process calls others over HTTP: the one client that adapters share.
//!
//! An adapter names a [`Destination`] and sends requests to it through one [`Client`], which
//!
//! * keeps connections while they can be trusted, and drops them all when this process has been
//!   still for longer (a frozen function's connections end without its hearing of it), or when one of
//!   them ended under a request;
//! * gives up after the destination's patience, and in all after its deadline;
//! * sends again what [may be repeated](Repeat), with growing pauses of random length, no earlier
//!   than a `Retry-After` says, and never past the deadline;
//! * stops asking a destination that fails again and again, and asks once in a while whether it is
//!   back. That is known to this process alone, and forgotten within a second of its recovery;
//! * counts, for whoever gathers metrics ([`counts`]).
//!
//! Redirects are not followed: an address is the one that the deployment trusts.

mod answer;
mod body;
mod circuit;
mod client;
mod counts;
mod destination;
mod pool;
mod retry;
mod trouble;

pub use answer::Pieces;
pub use body::{Body, BrokenOff, nothing};
pub use client::Client;
pub use counts::{Counts, counts};
pub use destination::{Destination, Repeat};
pub use trouble::{Trouble, chain};
