//! JSON as text: payloads are checked, folded and compared without ever becoming a tree, so that
//! what came in goes out again, half surrogate pairs and any depth included (sync contract, 5.7).

mod canonical;
mod compact;
mod scan;
mod string;

pub use canonical::digest;
pub use compact::{Compact, MAX_DEPTH, compact};
pub use scan::{Fields, Json, Kind, MAX_INTEGER};
pub use string::write_string;
