//! Removing what is condemned.

use std::time::Duration;

use super::BlobCollector;
use crate::gc::Tally;
use crate::storage::{BlobKey, ClaimRule, Condemned};
use crate::store::StoreError;

/// How long after it condemned a blob a collection may still remove it. After ten minutes others
/// take its claims over, and uploads and commits take them away.
const RESOLVE: Duration = Duration::from_mins(4);

/// What became of a condemned blob.
enum Fate {
    Gone,
    /// It was written again; that is another blob's beginning.
    Kept,
    /// Nothing was done to it.
    Untouched(StoreError),
    /// It was to be removed, and may be yet: a request that nobody heard of again may still come
    /// to a bucket.
    Unknown(StoreError),
}

/// Whether waiting would not help: others must not wait for it.
pub(super) fn is_odd(error: &StoreError) -> bool {
    matches!(error, StoreError::Fault(_) | StoreError::Damaged(_))
}

impl BlobCollector {
    /// Removes what is condemned, until the store is in trouble; a blob that is odd by itself is
    /// passed over, and keeps nothing else. Whatever comes of it, nobody waits for longer than he
    /// must: what is gone is forgotten, and what was not touched is released. Only a blob of which
    /// nobody knows stays condemned until the claim is dead.
    ///
    /// What was removed counts, so that trouble behind it is only logged, and the next piece meets
    /// it if it lasts. How many blobs were passed over.
    pub(super) async fn remove_all(
        &self,
        rule: ClaimRule<'_>,
        condemned: &[Condemned],
        tally: &mut Tally,
    ) -> Result<u32, StoreError> {
        let (mut gone, mut kept) = (Vec::new(), Vec::new());
        let (mut trouble, mut odd) = (None, 0);
        let mut rest = condemned.iter();
        for one in rest.by_ref() {
            let error = match self.remove(rule, *one, tally).await {
                Fate::Gone => {
                    gone.push(one.hash);
                    continue;
                }
                Fate::Kept => {
                    kept.push(one.hash);
                    continue;
                }
                Fate::Untouched(error) => {
                    kept.push(one.hash);
                    error
                }
                Fate::Unknown(error) => error,
            };
            let (workspace, hash) = (rule.workspace, one.hash);
            tracing::error!(%workspace, %hash, %error, "a blob was not removed");
            if !is_odd(&error) {
                trouble = Some(error);
                break;
            }
            odd += 1;
        }
        kept.extend(rest.map(|one| one.hash));
        if !gone.is_empty() {
            self.claims.forget(rule, &gone).await?;
        }
        if !kept.is_empty() {
            self.claims.release(rule, &kept).await?;
        }
        match trouble {
            Some(error) if tally.removed == 0 => Err(error),
            _ => Ok(odd),
        }
    }

    async fn remove(&self, rule: ClaimRule<'_>, condemned: Condemned, tally: &mut Tally) -> Fate {
        let Ok(key) = BlobKey::new(rule.workspace, condemned.hash) else {
            return Fate::Kept;
        };
        let stat = match self.blobs.stat(&key).await {
            Ok(Some(stat)) => stat,
            Ok(None) => return Fate::Gone,
            Err(error) => return Fate::Untouched(error),
        };
        // A process that was frozen since: somebody else may have put this in order already.
        if self.clock.now() > rule.now.plus(RESOLVE) {
            let text = "a collection was held up after it had given blobs up";
            return Fate::Untouched(StoreError::Unavailable(text.to_owned()));
        }
        match self.blobs.delete(&key, condemned.claimed_at).await {
            Ok(true) => {
                tally.add(Tally {
                    removed: 1,
                    bytes: stat.size_bytes,
                });
                Fate::Gone
            }
            Ok(false) => match self.blobs.stat(&key).await {
                Ok(Some(_)) => Fate::Kept,
                Ok(None) => Fate::Gone,
                Err(error) => Fate::Unknown(error),
            },
            Err(error) => Fate::Unknown(error),
        }
    }
}
