//! [`Collector`] of uploads in parts that were abandoned.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Collector, Done, Found, Kind, Piece, Survey, Tally};
use crate::storage::{EndedUpload, PartialError, PartialId, PartialUploads};
use crate::store::StoreError;

/// Collects uploads whose time is over. They say themselves when that is.
pub struct PartialCollector {
    uploads: Arc<dyn PartialUploads>,
}

impl PartialCollector {
    /// Collects from `uploads`.
    pub fn new(uploads: Arc<dyn PartialUploads>) -> Self {
        Self { uploads }
    }

    /// The next ended uploads, and where the piece after them begins.
    async fn piece(
        &self,
        piece: &Piece<'_>,
    ) -> Result<(Vec<EndedUpload>, Option<String>), StoreError> {
        let after = piece
            .position
            .and_then(|name| name.parse::<PartialId>().ok());
        let ended = self.uploads.ended(piece.now, after, piece.at_most).await?;
        let full = ended.len() >= piece.at_most as usize;
        let last = ended.last().filter(|_| full);
        let next = last.map(|upload| upload.id.to_string());
        Ok((ended, next))
    }
}

#[async_trait]
impl Collector for PartialCollector {
    fn kind(&self) -> Kind {
        Kind::PartialUploads
    }

    async fn collect(&self, piece: &Piece<'_>) -> Result<Done, StoreError> {
        let (ended, next) = self.piece(piece).await?;
        let mut tally = Tally::default();
        for EndedUpload { id, size_bytes } in ended {
            match self.uploads.discard(&id).await {
                Ok(()) => tally.add(Tally {
                    removed: 1,
                    bytes: size_bytes,
                }),
                Err(PartialError::Store(error)) => return Err(error),
                // Somebody else removes it, or still writes to it: the next pass looks again.
                Err(_) => {}
            }
        }
        Ok(Done { tally, next })
    }

    async fn survey(&self, piece: &Piece<'_>) -> Result<Survey, StoreError> {
        let (ended, next) = self.piece(piece).await?;
        let named = |upload: EndedUpload| Found {
            name: upload.id.to_string(),
            bytes: upload.size_bytes,
        };
        let found = ended.into_iter().map(named).collect();
        Ok(Survey { found, next })
    }
}
