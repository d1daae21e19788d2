//! [`Collector`] of blobs that nothing refers to: mark and sweep by claims.
//!
//! A pass through a workspace has rounds of three stages. *Claim*: old blobs that nothing in rows
//! protects are claimed, a page of the store's listing at a time. *Look*: every live row is asked
//! what it mentions, and what is mentioned is released. *Sweep*: what is still claimed is looked at
//! a second time and condemned in one transaction, and only then removed. A row, an upload or a
//! commit that comes at any time before drops the claim in its own transaction; one that comes
//! after is told to wait, and finds the blob gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Collector, Done, Found, Kind, Piece, Survey, Tally};
use crate::clock::{Clock, Timestamp};
use crate::ids::{Ids, WorkspaceId};
use crate::storage::{
    BlobClaims, BlobKey, BlobStore, ClaimRule, Condemned, ContentHash, Object, Stored,
};
use crate::store::StoreError;

/// How much of a listing, and how many rows, are read at once.
const PAGE: u32 = 4000;

/// How many claims one transaction may write.
const AT_ONCE: usize = 200;

/// How many blobs a round claims: each round asks all rows.
const ROUND: u32 = 20_000;

/// How long after it condemned a blob a collection may still remove it. Another one takes its
/// claims over after ten minutes, and may then let the blob be uploaded again.
const RESOLVE: Duration = Duration::from_mins(4);

/// Collects blobs of every workspace, or of one.
pub struct BlobCollector {
    blobs: Arc<dyn BlobStore>,
    claims: Arc<dyn BlobClaims>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    retention: Duration,
    only: Option<(WorkspaceId, u32)>,
    scanned: AtomicU64,
}

/// Where a pass stands; it is kept as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Place {
    workspace: WorkspaceId,
    /// Whose claims they are.
    holder: String,
    stage: Stage,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Stage {
    /// What dead collections left is put in order.
    Begin,
    /// A page of the listing is claimed; `claimed` are in this round already.
    Claim {
        listing: Option<String>,
        claimed: u32,
    },
    /// A page of rows is asked what it mentions.
    Look {
        rows: Option<String>,
        listing: Option<String>,
    },
    /// Some claims are condemned, and their blobs removed.
    Sweep { listing: Option<String> },
    /// The workspace is through.
    Over,
}

impl BlobCollector {
    /// Collects blobs of every workspace that are older than `retention`.
    pub fn new(
        blobs: Arc<dyn BlobStore>,
        claims: Arc<dyn BlobClaims>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        retention: Duration,
    ) -> Self {
        Self {
            blobs,
            claims,
            clock,
            ids,
            retention,
            only: None,
            scanned: AtomicU64::new(0),
        }
    }

    /// The same for one workspace, `limit` blobs at most.
    #[must_use]
    pub fn only(self, workspace: WorkspaceId, limit: u32) -> Self {
        Self {
            only: Some((workspace, limit)),
            ..self
        }
    }

    /// How many blobs were old enough to be looked at.
    pub fn scanned(&self) -> u64 {
        self.scanned.load(Ordering::Relaxed)
    }

    async fn place(&self, piece: &Piece<'_>) -> Result<Option<Place>, StoreError> {
        let at = piece.position.map(serde_json::from_str::<Place>);
        let behind = match at {
            Some(Ok(place)) if !matches!(place.stage, Stage::Over) => return Ok(Some(place)),
            Some(Ok(place)) => Some(place.workspace),
            Some(Err(_)) | None => None,
        };
        let next = match (&self.only, &behind) {
            (Some(_), Some(_)) => None,
            (Some((only, _)), None) => Some(only.clone()),
            (None, _) => self.claims.next_workspace(behind.as_ref()).await?,
        };
        Ok(next.map(|workspace| Place {
            workspace,
            holder: self.ids.uuid(),
            stage: Stage::Begin,
        }))
    }

    fn rule<'a>(&self, place: &'a Place, now: Timestamp) -> ClaimRule<'a> {
        ClaimRule {
            workspace: &place.workspace,
            holder: &place.holder,
            from: now.minus(self.retention),
            now,
        }
    }

    /// How many blobs a round may claim.
    fn round(&self) -> u32 {
        self.only.as_ref().map_or(ROUND, |(_, limit)| *limit)
    }

    /// What dead collections claimed: the claim goes if the blob is there, for it will be claimed
    /// anew; a file whose blob is gone is forgotten, as they would have done.
    async fn begin(&self, rule: ClaimRule<'_>) -> Result<Stage, StoreError> {
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

    async fn claim(
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
            next => Stage::Look {
                rows: None,
                listing: next.filter(|_| self.only.is_none()),
            },
        })
    }

    async fn look(
        &self,
        rule: ClaimRule<'_>,
        rows: Option<String>,
        listing: Option<String>,
    ) -> Result<Stage, StoreError> {
        let page = self
            .claims
            .references(rule.workspace, rows.as_deref(), PAGE)
            .await?;
        if !page.hashes.is_empty() {
            self.claims.release(rule, &page.hashes).await?;
        }
        Ok(match page.next {
            Some(next) => Stage::Look {
                rows: Some(next),
                listing,
            },
            None => Stage::Sweep { listing },
        })
    }

    async fn sweep(
        &self,
        rule: ClaimRule<'_>,
        listing: Option<String>,
        tally: &mut Tally,
    ) -> Result<Stage, StoreError> {
        let at_once = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
        let second_look = self.claims.condemn(rule, at_once).await?;
        let (mut gone, mut kept) = (Vec::new(), Vec::new());
        for one in second_look.condemned {
            match self.remove(rule, one, tally).await? {
                Fate::Gone => gone.push(one.hash),
                Fate::Kept => kept.push(one.hash),
            }
        }
        if !gone.is_empty() {
            self.claims.forget(rule, &gone).await?;
        }
        if !kept.is_empty() {
            self.claims.release(rule, &kept).await?;
        }
        Ok(match listing {
            listing if second_look.more => Stage::Sweep { listing },
            None => Stage::Over,
            listing => Stage::Claim {
                listing,
                claimed: 0,
            },
        })
    }

    async fn remove(
        &self,
        rule: ClaimRule<'_>,
        condemned: Condemned,
        tally: &mut Tally,
    ) -> Result<Fate, StoreError> {
        let Ok(key) = BlobKey::new(rule.workspace, condemned.hash) else {
            return Ok(Fate::Kept);
        };
        let Some(stat) = self.blobs.stat(&key).await? else {
            return Ok(Fate::Gone);
        };
        // A process that was frozen since: somebody else may have put this in order already.
        if self.clock.now() > rule.now.plus(RESOLVE) {
            let text = "a collection was held up after it had given blobs up";
            return Err(StoreError::Unavailable(text.to_owned()));
        }
        if self.blobs.delete(&key, condemned.claimed_at).await? {
            tally.add(Tally {
                removed: 1,
                bytes: stat.size_bytes,
            });
            return Ok(Fate::Gone);
        }
        Ok(match self.blobs.stat(&key).await? {
            Some(_) => Fate::Kept,
            None => Fate::Gone,
        })
    }

    /// Those of a page that a pass would remove.
    async fn orphans(
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

/// What became of a condemned blob.
enum Fate {
    Gone,
    /// It was written again; that is another blob's beginning.
    Kept,
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

fn position(place: &Place) -> Result<Option<String>, StoreError> {
    let text = serde_json::to_string(place);
    text.map(Some)
        .map_err(|error| StoreError::Fault(error.to_string()))
}

#[async_trait]
impl Collector for BlobCollector {
    fn kind(&self) -> Kind {
        Kind::Blobs
    }

    async fn collect(&self, piece: &Piece<'_>) -> Result<Done, StoreError> {
        let Some(mut place) = self.place(piece).await? else {
            return Ok(Done::default());
        };
        let rule = self.rule(&place, piece.now);
        let mut tally = Tally::default();
        let stage = match place.stage.clone() {
            Stage::Begin => self.begin(rule).await?,
            Stage::Claim { listing, claimed } => self.claim(rule, listing, claimed).await?,
            Stage::Look { rows, listing } => self.look(rule, rows, listing).await?,
            Stage::Sweep { listing } => self.sweep(rule, listing, &mut tally).await?,
            Stage::Over => Stage::Over,
        };
        place.stage = stage;
        Ok(Done {
            tally,
            next: position(&place)?,
        })
    }

    async fn survey(&self, piece: &Piece<'_>) -> Result<Survey, StoreError> {
        let Some(mut place) = self.place(piece).await? else {
            return Ok(Survey::default());
        };
        let listing = match place.stage.clone() {
            Stage::Claim { listing, .. } => listing,
            _ => None,
        };
        let page = self
            .blobs
            .list(&place.workspace, listing.as_deref(), PAGE)
            .await?;
        let found = self
            .orphans(self.rule(&place, piece.now), page.found)
            .await?;
        place.stage = page.next.map_or(Stage::Over, |next| Stage::Claim {
            listing: Some(next),
            claimed: 0,
        });
        Ok(Survey {
            found,
            next: position(&place)?,
        })
    }
}
