//! What the adapters of AWS services share: an access key with its end, and requests that are
//! signed with it (Signature Version 4, docs/adr/0008). Nothing here sends anything.

mod credentials;
mod sign;

pub use credentials::Credentials;
pub use sign::{Signable, Signer, UNSIGNED, encode_path, encode_query, payload_hash};
