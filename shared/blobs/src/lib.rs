//! Where bytes live on a mounted volume: the fs provider.
//!
//! One folder a workspace, one file a blob, named by its hash; a file beside it marks the commit
//! (storage contract, 6.3, so that a root which the original wrote opens unchanged):
//!
//! ```text
//! <root>/workspaces/<workspace id>/sha256_<64 hex>
//! <root>/workspaces/<workspace id>/sha256_<64 hex>.meta.json
//! <root>/workspaces/<workspace id>/<name>.tmp-<ms>-<hex>      being written
//! <root>/uploads/<end in seconds>-<16 hex>                    coming in parts (not in the original)
//! ```
//!
//! A file gets its name only when its bytes are whole, verified and on the disk. Paths are made
//! of parsed keys alone and walked without following links. Every system call that may wait runs
//! on a blocking thread; while the network is slow, no thread waits with it.

mod append;
mod failure;
mod folder;
mod held;
mod list;
mod mark;
mod name;
mod partial;
mod pour;
mod probe;
mod read;
mod receive;
mod remove;
mod signer;
mod staged;
mod store;

pub use partial::FsPartials;
pub use probe::FsProbe;
pub use signer::FsUrlSigner;
pub use store::FsBlobs;
