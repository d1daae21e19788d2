//! The names of files in a workspace's folder.

use or3_domain::clock::Timestamp;
use or3_domain::ids::Ids;
use or3_domain::storage::ContentHash;

/// The name of the file that marks the commit of `hash`.
pub(crate) fn mark(hash: &ContentHash) -> String {
    format!("{}.meta.json", hash.file_name())
}

/// A name that no other write uses, for the file that will be called `name`.
pub(crate) fn temporary(name: &str, now: Timestamp, ids: &dyn Ids) -> String {
    let mut random = [0; 8];
    ids.fill(&mut random);
    let random = u64::from_be_bytes(random);
    format!("{name}.tmp-{}-{random:016x}", now.millis())
}
