//! What the tests of this package stand on: a server to talk to, browsers that talk to it, and
//! the table of functions that code, template and documents must agree with.
//!
//! Every test starts a local stack of its own, in this process, on a free port and an empty data
//! folder. With `BASE_URL` in the environment the same tests talk to that deployment instead, and
//! those that need settings or data of their own are ignored (`tests/build.rs`).

mod browser;
mod documented;
mod functions;
mod newcomer;
mod ops;
mod protection;
mod server;

pub use browser::Browser;
pub use functions::{FUNCTIONS, Function};
pub use newcomer::Newcomer;
pub use ops::Writer;
pub use or3_testkit::Answer;
pub use protection::PROTECTION;
pub use server::Server;
