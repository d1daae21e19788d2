//! [`Collector`] of what uploads and commits that were cut off left in the blob store.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Collector, Done, Found, Kind, Piece, Survey, Tally};
use crate::clock::Timestamp;
use crate::ids::WorkspaceId;
use crate::storage::{BlobClaims, BlobStore, Object, Stored};
use crate::store::StoreError;

/// How much of a listing is read at once.
const PAGE: u32 = 4000;

/// What is younger may still be written, whatever the retention.
const YOUNG: Duration = Duration::from_hours(24);

/// Collects leftovers of every workspace.
pub struct LeftoverCollector {
    blobs: Arc<dyn BlobStore>,
    claims: Arc<dyn BlobClaims>,
    retention: Duration,
}

/// Where a pass stands: in a workspace's listing, or behind the workspace.
#[derive(Serialize, Deserialize)]
struct Place {
    workspace: WorkspaceId,
    listing: Option<String>,
    over: bool,
}

impl LeftoverCollector {
    /// Collects what is older than `retention`, and a day at least. Workspaces are those of
    /// `claims`.
    pub fn new(
        blobs: Arc<dyn BlobStore>,
        claims: Arc<dyn BlobClaims>,
        retention: Duration,
    ) -> Self {
        Self {
            blobs,
            claims,
            retention: retention.max(YOUNG),
        }
    }

    async fn place(&self, piece: &Piece<'_>) -> Result<Option<Place>, StoreError> {
        let behind = match piece.position.map(serde_json::from_str::<Place>) {
            Some(Ok(place)) if !place.over => return Ok(Some(place)),
            Some(Ok(place)) => Some(place.workspace),
            Some(Err(_)) | None => None,
        };
        let next = self.claims.next_workspace(behind.as_ref()).await?;
        Ok(next.map(|workspace| Place {
            workspace,
            listing: None,
            over: false,
        }))
    }

    /// Old leftovers of a page, and where the next piece begins.
    async fn page(
        &self,
        place: &Place,
        written_by: Timestamp,
    ) -> Result<(Vec<(String, u64)>, Option<String>), StoreError> {
        let page = self
            .blobs
            .list(&place.workspace, place.listing.as_deref(), PAGE)
            .await?;
        let old = page.found.into_iter().filter_map(|stored| match stored {
            Stored {
                object: Object::Leftover(name),
                size_bytes,
                modified_at,
            } if modified_at <= written_by => Some((name, size_bytes)),
            _ => None,
        });
        let next = Place {
            workspace: place.workspace.clone(),
            over: page.next.is_none(),
            listing: page.next,
        };
        let next = serde_json::to_string(&next);
        let next = next.map_err(|error| StoreError::Fault(error.to_string()))?;
        Ok((old.collect(), Some(next)))
    }
}

#[async_trait]
impl Collector for LeftoverCollector {
    fn kind(&self) -> Kind {
        Kind::UploadLeftovers
    }

    async fn collect(&self, piece: &Piece<'_>) -> Result<Done, StoreError> {
        let Some(place) = self.place(piece).await? else {
            return Ok(Done::default());
        };
        let written_by = piece.now.minus(self.retention);
        let (old, next) = self.page(&place, written_by).await?;
        let mut tally = Tally::default();
        for (name, bytes) in old {
            let workspace = &place.workspace;
            if self.blobs.discard(workspace, &name, written_by).await? {
                tally.add(Tally { removed: 1, bytes });
            }
        }
        Ok(Done { tally, next })
    }

    async fn survey(&self, piece: &Piece<'_>) -> Result<Survey, StoreError> {
        let Some(place) = self.place(piece).await? else {
            return Ok(Survey::default());
        };
        let (old, next) = self.page(&place, piece.now.minus(self.retention)).await?;
        let named = |(name, bytes)| Found {
            name: format!("{}/{name}", place.workspace),
            bytes,
        };
        let found = old.into_iter().map(named).collect();
        Ok(Survey { found, next })
    }
}
