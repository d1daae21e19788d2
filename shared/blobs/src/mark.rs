//! The file beside a blob that marks its commit (storage contract, 7.1).

use or3_domain::clock::Timestamp;
use or3_domain::storage::BlobKey;
use or3_domain::store::StoreError;
use serde::Serialize;

/// The mark's content, field by field what the original writes.
#[derive(Serialize)]
struct Mark<'a> {
    workspace_id: &'a str,
    hash: &'a str,
    committed_at: String,
}

/// The mark of `key` as bytes.
pub(crate) fn of(key: &BlobKey, hash_as_sent: &str, at: Timestamp) -> Result<Vec<u8>, StoreError> {
    let mark = Mark {
        workspace_id: key.workspace().as_str(),
        hash: hash_as_sent,
        committed_at: at.to_iso(),
    };
    serde_json::to_vec(&mark).map_err(|error| StoreError::Fault(error.to_string()))
}
