//! Files: content hashes, media types, names, signed URLs, quotas, and the ports behind which
//! bytes, their index and their URLs live (storage contract).

pub mod filename;
mod hash;
pub mod mime;

pub use hash::{ContentHash, Digester, InvalidHash};
