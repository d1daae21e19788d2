//! How a function starts: settings, telemetry, a runtime, and then either a router behind the
//! Lambda runtime API or a job for each event. The only crate that knows Lambda.

mod after;
mod deadline;
mod emf;
mod event;
mod gateway;
mod lifetime;
mod serve;
mod start;
mod telemetry;
mod traces;
pub mod wire;

pub use event::{Invocation, on_event, serve_and_work};
pub use serve::{serve, serve_streaming};
pub use start::{EXIT_SETTINGS, StartError, start};
pub use telemetry::telemetry;
pub use traces::Exporter;
