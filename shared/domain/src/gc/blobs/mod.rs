//! [`Collector`] of blobs that nothing refers to: mark and sweep by claims.
//!
//! A pass through a workspace has rounds of four stages. *Claim*: old blobs that nothing in rows
//! protects are claimed, a page of the store's listing at a time. *Seal*: the claims get a name
//! under which nobody claims. *Look*: every live row is asked what it mentions, and what is
//! mentioned is released. *Sweep*: what is still claimed is looked at a second time and condemned
//! in one transaction, and only then removed. A row, an upload or a commit that comes at any time
//! before drops the claim in its own transaction; one that comes after is told to wait, and finds
//! the blob gone.
//!
//! Leases do not keep two collections apart: one may be held up until another one goes on at its
//! place, and then go on itself. So a claim counts for looks that began after it, and for no
//! other: a late one has the name that was sealed before, and waits for the next seal.

mod removal;
mod stages;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Collector, Done, Kind, Piece, Survey, Tally};
use crate::clock::{Clock, Timestamp};
use crate::ids::{Ids, WorkspaceId};
use crate::storage::{BlobClaims, BlobStore, ClaimRule};
use crate::store::StoreError;
use removal::is_odd;

/// How much of a listing, and how many rows, are read at once.
const PAGE: u32 = 4000;

/// How many blobs a round claims: each round asks all rows.
const ROUND: u32 = 20_000;

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
    /// Under what name the pass claims, until the claims are sealed.
    claimant: String,
    stage: Stage,
    /// What this pass has passed over: blobs, or the rest of a workspace.
    odd: u32,
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
    /// The claims of this round get a name of their own.
    Seal { listing: Option<String> },
    /// A page of rows is asked what it mentions.
    Look {
        sealed: String,
        rows: Option<String>,
        listing: Option<String>,
    },
    /// Some claims are condemned, and their blobs removed.
    Sweep {
        sealed: String,
        listing: Option<String>,
    },
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
            Some(Ok(place)) => Some((place.workspace, place.odd)),
            Some(Err(_)) | None => None,
        };
        let (behind, odd) = behind.unzip();
        let odd = odd.unwrap_or_default();
        let next = match (&self.only, &behind) {
            (Some(_), Some(_)) => None,
            (Some((only, _)), None) => Some(only.clone()),
            (None, _) => self.claims.next_workspace(behind.as_ref()).await?,
        };
        match next {
            None if odd > 0 => Err(passed_over(odd)),
            next => Ok(next.map(|workspace| Place {
                workspace,
                claimant: self.ids.uuid(),
                stage: Stage::Begin,
                odd,
            })),
        }
    }

    /// One piece of the pass through a workspace, and where it goes on.
    async fn step(
        &self,
        place: &Place,
        now: Timestamp,
        counts: (&mut Tally, &mut u32),
    ) -> Result<Stage, StoreError> {
        let rule = self.rule(place, now);
        match place.stage.clone() {
            Stage::Begin => self.begin(rule).await,
            Stage::Claim { listing, claimed } => self.claim(rule, listing, claimed).await,
            Stage::Seal { listing } => self.seal(rule, listing).await,
            Stage::Look {
                sealed,
                rows,
                listing,
            } => self.look(rule, sealed, rows, listing).await,
            Stage::Sweep { sealed, listing } => self.sweep(rule, sealed, listing, counts).await,
            Stage::Over => Ok(Stage::Over),
        }
    }

    fn rule<'a>(&self, place: &'a Place, now: Timestamp) -> ClaimRule<'a> {
        ClaimRule {
            workspace: &place.workspace,
            holder: &place.claimant,
            from: now.minus(self.retention),
            now,
        }
    }

    /// How many blobs a round may claim.
    fn round(&self) -> u32 {
        self.only.as_ref().map_or(ROUND, |(_, limit)| *limit)
    }
}

/// A pass that has come to its end and has not collected everything.
fn passed_over(odd: u32) -> StoreError {
    StoreError::Fault(format!(
        "{odd} blobs, or what came behind them in their workspaces, were passed over: see above"
    ))
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
        let (mut tally, mut odd) = (Tally::default(), place.odd);
        place.stage = match self.step(&place, piece.now, (&mut tally, &mut odd)).await {
            // What cannot be done in one workspace must not keep the others waiting for ever. What
            // fails at its beginning is no matter of its blobs.
            Err(error) if is_odd(&error) && !matches!(place.stage, Stage::Begin) => {
                let workspace = &place.workspace;
                tracing::error!(%workspace, %error, "the rest of a workspace is passed over");
                odd = odd.saturating_add(1);
                Stage::Over
            }
            stage => stage?,
        };
        place.odd = odd;
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
