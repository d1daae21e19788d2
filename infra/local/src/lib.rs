//! The local stack: every function's router behind one address, on the embedded providers.
//!
//! There is no second implementation here: `world` builds the ports that each function's `main`
//! would build, and merges the routers. A start first looks at everything that could stop it and
//! only then touches the disk, so that a start that fails leaves no trace.

mod audit;
mod config;
mod copy;
mod crowd;
mod descriptors;
mod faults;
mod listen;
mod secrets;
mod stack;
mod stalled;
mod telemetry;
mod timer;
mod volume;
mod world;

pub use audit::verify_audit;
pub use config::show_config;
pub use copy::{Copied, copy_files};
pub use stack::{Running, Stack, problems};
