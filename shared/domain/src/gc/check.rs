//! A look at all blobs that touches none: what is missing, what is damaged, what nothing refers to.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Collector, Done, Found, Kind, Piece, Survey};
use crate::ids::WorkspaceId;
use crate::storage::{
    BlobClaims, BlobKey, BlobStore, ClaimRule, ContentHash, FileIndex, Object, StorageError,
    Verdict, report_damage,
};
use crate::store::StoreError;

/// How many blobs, and how many rows, are looked at in a piece.
const PAGE: u32 = 500;
const ROWS: u32 = 4000;

/// How many bytes are read in a piece, but for the file that goes past it: a request ends in time.
const BYTES: u64 = 64 << 20;

/// Looks at the blobs of every workspace: as a survey, for there is nothing that it collects. What
/// it finds damaged is noted as on a download, and the note of what it finds sound again ends.
pub struct BlobCheck {
    blobs: Arc<dyn BlobStore>,
    claims: Arc<dyn BlobClaims>,
    files: Arc<dyn FileIndex>,
}

#[derive(Serialize, Deserialize)]
struct Place {
    workspace: WorkspaceId,
    stage: Stage,
}

#[derive(Serialize, Deserialize)]
enum Stage {
    /// Committed files behind a hash: their blobs are missing, damaged, or sound.
    Files(Option<String>),
    /// Blobs of a listing: something refers to them, or nothing.
    Blobs(Option<String>),
    Over,
}

/// What became of the blob of a committed file.
enum State {
    Sound,
    Missing,
    Damaged(BlobKey, StorageError),
}

impl BlobCheck {
    /// Looks at what is in `blobs` and what rows say of it, and notes damage in `files`.
    pub fn new(
        blobs: Arc<dyn BlobStore>,
        claims: Arc<dyn BlobClaims>,
        files: Arc<dyn FileIndex>,
    ) -> Self {
        Self {
            blobs,
            claims,
            files,
        }
    }

    async fn place(&self, piece: &Piece<'_>) -> Result<Option<Place>, StoreError> {
        let behind = match piece.position.map(serde_json::from_str::<Place>) {
            Some(Ok(place)) if !matches!(place.stage, Stage::Over) => return Ok(Some(place)),
            Some(Ok(place)) => Some(place.workspace),
            Some(Err(_)) | None => None,
        };
        let next = self.claims.next_workspace(behind.as_ref()).await?;
        Ok(next.map(|workspace| Place {
            workspace,
            stage: Stage::Files(None),
        }))
    }

    async fn files(
        &self,
        piece: &Piece<'_>,
        workspace: &WorkspaceId,
        after: Option<ContentHash>,
    ) -> Result<(Vec<Found>, Stage), StoreError> {
        let mut files = self.claims.committed(workspace, after, PAGE).await?;
        let within = within(&files, BYTES);
        let full = files.len() >= PAGE as usize || within < files.len();
        files.truncate(within);
        let last = files.last().filter(|_| full).map(|(hash, _)| hash.hex());
        let (mut found, mut sound) = (Vec::new(), Vec::new());
        for (hash, bytes) in files {
            let what = match self.judge(workspace, hash, bytes).await? {
                State::Sound => {
                    sound.push(hash);
                    continue;
                }
                State::Missing => "missing",
                State::Damaged(key, error) => {
                    report_damage(self.files.as_ref(), &key, &error, piece.now).await;
                    "damaged"
                }
            };
            found.push(named(what, workspace, hash, bytes));
        }
        self.files.note_sound(workspace, &sound, piece.now).await?;
        let next = last.map_or(Stage::Blobs(None), |last| Stage::Files(Some(last)));
        Ok((found, next))
    }

    async fn judge(
        &self,
        workspace: &WorkspaceId,
        hash: ContentHash,
        bytes: u64,
    ) -> Result<State, StoreError> {
        let Ok(key) = BlobKey::new(workspace, hash) else {
            return Ok(State::Missing);
        };
        let Some(stat) = self.blobs.stat(&key).await? else {
            return Ok(State::Missing);
        };
        if stat.size_bytes != bytes {
            let error = StorageError::Damaged {
                stored_bytes: stat.size_bytes,
                committed_bytes: bytes,
            };
            return Ok(State::Damaged(key, error));
        }
        Ok(match self.blobs.verify(&key).await? {
            Some(Verdict::Sound) => State::Sound,
            Some(Verdict::Damaged) => State::Damaged(key, StorageError::OtherHash),
            None => State::Missing,
        })
    }

    async fn blobs(
        &self,
        piece: &Piece<'_>,
        workspace: &WorkspaceId,
        listing: Option<&str>,
    ) -> Result<(Vec<Found>, Stage), StoreError> {
        let page = self.blobs.list(workspace, listing, PAGE).await?;
        let blobs: Vec<_> = page
            .found
            .into_iter()
            .filter_map(|stored| match stored.object {
                Object::Blob(hash) => Some((hash, stored.size_bytes)),
                Object::Leftover(_) => None,
            })
            .collect();
        let hashes: Vec<_> = blobs.iter().map(|(hash, _)| *hash).collect();
        // However young: nothing refers to it now.
        let rule = ClaimRule {
            workspace,
            holder: "",
            from: piece.now,
            now: piece.now,
        };
        let mut free: HashSet<_> = self
            .claims
            .unprotected(rule, &hashes)
            .await?
            .into_iter()
            .collect();
        let mut rows = None;
        while !free.is_empty() {
            let references = self
                .claims
                .references(workspace, rows.as_deref(), ROWS)
                .await?;
            for hash in &references.hashes {
                free.remove(hash);
            }
            rows = references.next;
            if rows.is_none() {
                break;
            }
        }
        let orphans = blobs.into_iter().filter(|(hash, _)| free.contains(hash));
        let found = orphans.map(|(hash, bytes)| named("unreferenced", workspace, hash, bytes));
        let next = page
            .next
            .map_or(Stage::Over, |next| Stage::Blobs(Some(next)));
        Ok((found.collect(), next))
    }
}

/// How many of the first files hold `bytes`; the last of them may go past it.
fn within(files: &[(ContentHash, u64)], bytes: u64) -> usize {
    let mut room = bytes;
    let fits = |(_, size): &&(ContentHash, u64)| {
        let fits = room > 0;
        room = room.saturating_sub(*size);
        fits
    };
    files.iter().take_while(fits).count()
}

fn named(what: &str, workspace: &WorkspaceId, hash: ContentHash, bytes: u64) -> Found {
    Found {
        name: format!("{what} {workspace}/{hash}"),
        bytes,
    }
}

#[async_trait]
impl Collector for BlobCheck {
    fn kind(&self) -> Kind {
        Kind::BlobCheck
    }

    /// There is nothing to remove.
    async fn collect(&self, _piece: &Piece<'_>) -> Result<Done, StoreError> {
        Ok(Done::default())
    }

    async fn survey(&self, piece: &Piece<'_>) -> Result<Survey, StoreError> {
        let Some(place) = self.place(piece).await? else {
            return Ok(Survey::default());
        };
        let workspace = &place.workspace;
        let (found, stage) = match place.stage {
            Stage::Files(after) => {
                let after = after.and_then(|hex| hex.parse().ok());
                self.files(piece, workspace, after).await?
            }
            Stage::Blobs(listing) => self.blobs(piece, workspace, listing.as_deref()).await?,
            Stage::Over => (Vec::new(), Stage::Over),
        };
        let next = Place {
            workspace: place.workspace,
            stage,
        };
        let next = serde_json::to_string(&next);
        let next = next.map_err(|error| StoreError::Fault(error.to_string()))?;
        Ok(Survey {
            found,
            next: Some(next),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_reads_one_file_at_least_and_no_more_than_its_bytes_and_one() {
        let of = |sizes: &[u64]| {
            let files = sizes.iter().map(|size| (ContentHash::Md5([0; 16]), *size));
            within(&files.collect::<Vec<_>>(), 10)
        };
        assert_eq!(of(&[]), 0);
        assert_eq!(of(&[99, 1]), 1);
        assert_eq!(of(&[4, 4, 4, 4]), 3);
        assert_eq!(of(&[0, 0, 10, 0]), 3);
    }
}
