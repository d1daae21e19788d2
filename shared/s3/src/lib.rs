//! Where bytes live in an S3 bucket: the s3 provider.
//!
//! One object a blob, named by workspace and hash:
//!
//! ```text
//! <prefix>/<workspace id>/sha256/<64 hex>
//! <prefix>/<workspace id>/md5/<32 hex>
//! ```
//!
//! Clients send and fetch the bytes themselves, by URLs that are signed here and bound to length,
//! type and hash (storage contract, 10.3). This process only looks, lists and removes; it carries
//! bytes where a tool asks it to. What S3 adds to HTTP is a signature (`or3-aws`, docs/adr/0008) and
//! one list in XML.

mod bucket;
mod digest;
mod entries;
mod failure;
mod list;
mod place;
mod probe;
mod read;
mod send;
mod signer;
mod store;

pub use bucket::InvalidSettings;
pub use probe::S3Probe;
pub use signer::S3UrlSigner;
pub use store::S3Blobs;
