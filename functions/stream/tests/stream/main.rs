//! The stream through its router: what it says, when, to whom.

mod gates;
mod lambda;
mod places;
mod server;
mod time;
mod versions;
