//! What stands around a router.

mod boundary;
mod cors;
mod https;
mod render;
mod switches;

pub use boundary::standard;
pub use switches::{gate, no_cache, no_store};
