//! What happens when a blob turns out damaged, whoever finds it.

use super::blob::BlobKey;
use super::store::FileIndex;
use crate::clock::Timestamp;

/// Says in the log that the blob of `key` was found damaged and counts it in `files`; `found` says
/// what was wrong. The bytes stay where they are: a person may still want to look at them.
///
/// Whoever reads has an error to report already, so trouble with the count goes to the log.
pub async fn report_damage(
    files: &dyn FileIndex,
    key: &BlobKey,
    found: &(dyn std::error::Error + Sync),
    now: Timestamp,
) {
    let (workspace, hash) = (key.workspace(), key.hash());
    tracing::error!(%workspace, %hash, found = %found, "blob damaged");
    if let Err(error) = files.note_damage(workspace, hash, now).await {
        tracing::error!(%error, %workspace, %hash, "a damaged blob was not counted");
    }
}
