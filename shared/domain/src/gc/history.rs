//! [`Collector`] of sync history: of every workspace in turn, or of one.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::{Collector, Done, Found, Kind, Piece, Survey};
use crate::clock::Timestamp;
use crate::ids::WorkspaceId;
use crate::store::StoreError;
use crate::sync::{History, HistoryPiece, HistoryWindow, SyncHistory};

/// How long history is kept.
#[derive(Clone, Copy, Debug)]
pub struct HistoryKept {
    /// Entries and deletes.
    pub retention: Duration,
    /// Until a device that is not seen any more stops holding them.
    pub device_expiry: Duration,
}

impl HistoryKept {
    fn window(self, now: Timestamp) -> HistoryWindow {
        HistoryWindow {
            from: now.minus(self.retention),
            seen_since: now.minus(self.device_expiry),
        }
    }
}

/// Collects one kind of history.
pub struct HistoryCollector {
    store: Arc<dyn SyncHistory>,
    history: History,
    kept: HistoryKept,
    only: Option<WorkspaceId>,
}

/// Whatever collects history from every workspace: contents first, because they free entries.
pub fn history_collectors(
    store: &Arc<dyn SyncHistory>,
    kept: HistoryKept,
) -> [Arc<dyn Collector>; 2] {
    [History::Tombstones, History::ChangeLog].map(|history| {
        let collector = HistoryCollector::new(Arc::clone(store), history, kept);
        Arc::new(collector) as Arc<dyn Collector>
    })
}

/// Where a pass stands: in a workspace, or between two. It is kept as JSON.
type Place = (WorkspaceId, Option<String>);

impl HistoryCollector {
    /// Collects from every workspace.
    pub fn new(store: Arc<dyn SyncHistory>, history: History, kept: HistoryKept) -> Self {
        Self {
            store,
            history,
            kept,
            only: None,
        }
    }

    /// The same collector for one workspace.
    #[must_use]
    pub fn only(self, workspace: WorkspaceId) -> Self {
        Self {
            only: Some(workspace),
            ..self
        }
    }

    /// The workspace of a piece, and where in it to begin.
    async fn place(&self, piece: &Piece<'_>) -> Result<Option<Place>, StoreError> {
        let behind = match piece.position.map(serde_json::from_str::<Place>) {
            Some(Ok((workspace, Some(within)))) => return Ok(Some((workspace, Some(within)))),
            Some(Ok((workspace, None))) => Some(workspace),
            // A position of another build: the pass begins anew, which does no harm.
            Some(Err(_)) | None => None,
        };
        let next = match (&self.only, behind) {
            (Some(_), Some(_)) => None,
            (Some(only), None) => Some(only.clone()),
            (None, behind) => {
                let window = self.kept.window(piece.now);
                let next = self
                    .store
                    .next_workspace(behind.as_ref(), self.history, window);
                next.await?
            }
        };
        Ok(next.map(|workspace| (workspace, None)))
    }

    fn piece<'a>(&self, piece: &Piece<'_>, place: &'a Place, at_most: u32) -> HistoryPiece<'a> {
        HistoryPiece {
            workspace: &place.0,
            window: self.kept.window(piece.now),
            now: piece.now,
            position: place.1.as_deref(),
            at_most,
        }
    }
}

/// Where the next piece begins: there, or behind this workspace.
fn after(workspace: WorkspaceId, within: Option<String>) -> Result<Option<String>, StoreError> {
    let place: Place = (workspace, within);
    let text = serde_json::to_string(&place);
    text.map(Some)
        .map_err(|error| StoreError::Fault(error.to_string()))
}

#[async_trait]
impl Collector for HistoryCollector {
    fn kind(&self) -> Kind {
        match self.history {
            History::ChangeLog => Kind::ChangeLog,
            History::Tombstones => Kind::Tombstones,
        }
    }

    async fn collect(&self, piece: &Piece<'_>) -> Result<Done, StoreError> {
        let Some(place) = self.place(piece).await? else {
            return Ok(Done::default());
        };
        let here = self.piece(piece, &place, piece.at_most);
        let done = self.store.collect(self.history, &here).await?;
        Ok(Done {
            tally: done.tally,
            next: after(place.0, done.next)?,
        })
    }

    async fn survey(&self, piece: &Piece<'_>) -> Result<Survey, StoreError> {
        let Some(place) = self.place(piece).await? else {
            return Ok(Survey::default());
        };
        let here = self.piece(piece, &place, piece.at_most);
        let survey = self.store.survey(self.history, &here).await?;
        let named = |found: Found| Found {
            name: format!("{}/{}", place.0, found.name),
            ..found
        };
        Ok(Survey {
            found: survey.found.into_iter().map(named).collect(),
            next: after(place.0.clone(), survey.next)?,
        })
    }
}
