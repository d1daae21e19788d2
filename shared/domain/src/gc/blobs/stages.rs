//! The stages of a pass, one piece each.

use std::sync::atomic::Ordering;

use super::{BlobCollector, PAGE, Stage};
use crate::clock::Timestamp;
use crate::gc::{Found, Tally};
use crate::ids::WorkspaceId;
use crate::storage::{BlobKey, ClaimRule, ContentHash, Object, Stored};
use crate::store::StoreError;

/// How many claims one transaction may write.
const AT_ONCE: usize = 50;

/// How many claims get another name in one transaction: each costs next to nothing.
const SEALED_AT_ONCE: u32 = 1000;

impl BlobCollector {
    /// What dead collections claimed: the claim goes if the blob is there, for it will be claimed
    /// anew; a file whose blob is gone is forgotten, as they would have done. They are taken over
    /// under a name of their own, since another collection may be at the same place.
    pub(super) async fn begin(&self, rule: ClaimRule<'_>) -> Result<Stage, StoreError> {
        let name = self.ids.uuid();
        let rule = ClaimRule {
            holder: &name,
            ..rule
        };
        let abandoned = self.claims.take_over(rule, PAGE).await?;
        let (mut there, mut gone) = (Vec::new(), Vec::new());
        for hash in abandoned {
            match self.stat(rule.workspace, hash).await? {
                Some(()) => there.push(hash),
                None => gone.push(hash),
            }
        }
        for hashes in there.chunks(AT_ONCE) {
            self.claims.release(rule, hashes).await?;
        }
        for hashes in gone.chunks(AT_ONCE) {
            self.claims.forget(rule, hashes).await?;
        }
        Ok(Stage::Claim {
            listing: None,
            claimed: 0,
        })
    }

    async fn stat(
        &self,
        workspace: &WorkspaceId,
        hash: ContentHash,
    ) -> Result<Option<()>, StoreError> {
        // A workspace whose id makes no key has no blobs.
        let Ok(key) = BlobKey::new(workspace, hash) else {
            return Ok(None);
        };
        Ok(self.blobs.stat(&key).await?.map(|_| ()))
    }

    pub(super) async fn claim(
        &self,
        rule: ClaimRule<'_>,
        listing: Option<String>,
        claimed: u32,
    ) -> Result<Stage, StoreError> {
        let page = self
            .blobs
            .list(rule.workspace, listing.as_deref(), PAGE)
            .await?;
        let old = old_blobs(page.found, rule.from);
        let (mut claimed, most) = (claimed, self.round());
        let mut rest = old.as_slice();
        while !rest.is_empty() && claimed < most {
            let room = usize::try_from(most - claimed).unwrap_or(AT_ONCE);
            let (some, others) = rest.split_at(rest.len().min(AT_ONCE).min(room));
            self.scanned.fetch_add(some.len() as u64, Ordering::Relaxed);
            claimed += self.claims.claim(rule, &hashes(some)).await?;
            rest = others;
        }
        let whole_page = rest.is_empty();
        // The rest of a page that is cut is listed again in the next round.
        let next = if whole_page { page.next } else { listing };
        Ok(match next {
            Some(next) if whole_page && claimed < most => Stage::Claim {
                listing: Some(next),
                claimed,
            },
            _ if claimed == 0 => Stage::Over,
            next => Stage::Seal {
                listing: next.filter(|_| self.only.is_none()),
            },
        })
    }

    /// The name is of this very piece: whoever else is at this place seals under another one.
    pub(super) async fn seal(
        &self,
        rule: ClaimRule<'_>,
        listing: Option<String>,
    ) -> Result<Stage, StoreError> {
        let name = self.ids.uuid();
        let mut any = false;
        while self.claims.seal(rule, &name, SEALED_AT_ONCE).await? > 0 {
            any = true;
        }
        if !any {
            return Ok(next_round(listing));
        }
        Ok(Stage::Look {
            sealed: name,
            rows: None,
            listing,
        })
    }

    pub(super) async fn look(
        &self,
        rule: ClaimRule<'_>,
        sealed: String,
        rows: Option<String>,
        listing: Option<String>,
    ) -> Result<Stage, StoreError> {
        let rule = ClaimRule {
            holder: &sealed,
            ..rule
        };
        let page = self
            .claims
            .references(rule.workspace, rows.as_deref(), PAGE)
            .await?;
        if !page.hashes.is_empty() {
            self.claims.release(rule, &page.hashes).await?;
        }
        Ok(match page.next {
            Some(next) => Stage::Look {
                sealed,
                rows: Some(next),
                listing,
            },
            None => Stage::Sweep { sealed, listing },
        })
    }

    pub(super) async fn sweep(
        &self,
        rule: ClaimRule<'_>,
        sealed: String,
        listing: Option<String>,
        (tally, odd): (&mut Tally, &mut u32),
    ) -> Result<Stage, StoreError> {
        let rule = ClaimRule {
            holder: &sealed,
            ..rule
        };
        let at_once = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
        let second_look = self.claims.condemn(rule, at_once).await?;
        let condemned = &second_look.condemned;
        *odd = odd.saturating_add(self.remove_all(rule, condemned, tally).await?);
        Ok(if second_look.more {
            Stage::Sweep { sealed, listing }
        } else {
            next_round(listing)
        })
    }

    /// Those of a page that a pass would remove.
    pub(super) async fn orphans(
        &self,
        rule: ClaimRule<'_>,
        found: Vec<Stored>,
    ) -> Result<Vec<Found>, StoreError> {
        let mut old = old_blobs(found, rule.from);
        let mut free = Vec::new();
        for some in old.chunks(AT_ONCE) {
            free.extend(self.claims.unprotected(rule, &hashes(some)).await?);
        }
        let mut rows = None;
        while !free.is_empty() {
            let page = self
                .claims
                .references(rule.workspace, rows.as_deref(), PAGE)
                .await?;
            free.retain(|hash| !page.hashes.contains(hash));
            rows = page.next;
            if rows.is_none() {
                break;
            }
        }
        old.retain(|(hash, _)| free.contains(hash));
        let named = |(hash, bytes): (ContentHash, u64)| Found {
            name: format!("{}/{hash}", rule.workspace),
            bytes,
        };
        Ok(old.into_iter().map(named).collect())
    }
}

/// What comes behind a round: one of what is left of the listing.
fn next_round(listing: Option<String>) -> Stage {
    listing.map_or(Stage::Over, |listing| Stage::Claim {
        listing: Some(listing),
        claimed: 0,
    })
}

/// Blobs that were written by `from`, with their sizes.
fn old_blobs(found: Vec<Stored>, from: Timestamp) -> Vec<(ContentHash, u64)> {
    let old = found
        .into_iter()
        .filter(|stored| stored.modified_at <= from);
    old.filter_map(|stored| match stored.object {
        Object::Blob(hash) => Some((hash, stored.size_bytes)),
        Object::Leftover(_) => None,
    })
    .collect()
}

fn hashes(blobs: &[(ContentHash, u64)]) -> Vec<ContentHash> {
    blobs.iter().map(|(hash, _)| *hash).collect()
}
