//! What stands around a router.

mod boundary;
mod bounds;
mod cors;
mod https;
mod invite_link;
mod patience;
mod protect;
mod readable;
mod render;
mod switches;
mod versions;

pub use boundary::standard;
#[cfg(feature = "openapi")]
pub(crate) use bounds::{address_too_long, head_too_large};
pub use invite_link::InviteLinks;
#[cfg(feature = "openapi")]
pub(crate) use render::ErrorBody;
pub use switches::{full_is_passing, gate, no_cache, no_store};
