//! A bad network: stands before an HTTP server and delays, loses or cuts what passes. Tests say
//! what becomes of each request; the local stack draws it.

mod message;
mod relay;

pub use message::message;
pub use relay::{Fate, Relay, Weather};
