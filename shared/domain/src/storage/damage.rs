//! What happens when a blob turns out damaged, whoever finds it.

use std::sync::Arc;

use async_trait::async_trait;

use super::blob::BlobKey;
use super::store::{Damage, FileIndex};
use crate::clock::Timestamp;
use crate::health::{Findings, Probe};

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

/// Warns of damaged blobs, as far as they have been found.
pub struct DamageProbe {
    files: Arc<dyn FileIndex>,
}

impl DamageProbe {
    /// A probe of what `files` has noted.
    pub fn new(files: Arc<dyn FileIndex>) -> Self {
        Self { files }
    }
}

#[async_trait]
impl Probe for DamageProbe {
    async fn probe(&self) -> Findings {
        let warning = match self.files.damage().await {
            Ok(damage) => warning(damage),
            Err(error) => {
                tracing::error!(%error, "damaged blobs could not be counted");
                Some("Damaged files could not be counted.".to_owned())
            }
        };
        Findings {
            warnings: warning.into_iter().collect(),
            ..Findings::default()
        }
    }
}

/// Counts and a time: anybody may read it.
fn warning(damage: Damage) -> Option<String> {
    let (blobs, last) = (damage.blobs, damage.last_seen_at?.to_iso());
    Some(format!("Damaged files: {blobs}, last found at {last}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_damage_is_warned_of() {
        assert_eq!(warning(Damage::default()), None);
        let damage = Damage {
            blobs: 3,
            last_seen_at: Some(Timestamp::from_seconds(1_767_225_600)),
        };
        let text = "Damaged files: 3, last found at 2026-01-01T00:00:00.000Z.";
        assert_eq!(warning(damage).as_deref(), Some(text));
    }
}
