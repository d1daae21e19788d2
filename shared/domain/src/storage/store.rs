//! The port behind which it is written down which files a workspace has.

use async_trait::async_trait;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::hash::ContentHash;
use super::mime::FileKind;
use super::quota::Usage;
use crate::clock::Timestamp;
use crate::ids::WorkspaceId;
use crate::store::StoreError;

/// A place for an upload under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The file.
    pub hash: ContentHash,
    /// Its size as announced.
    pub size_bytes: u64,
    /// When the upload's URL ends, and the reservation with it.
    pub expires_at: Timestamp,
}

/// What became of a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reserved {
    /// The room is held.
    Held,
    /// The workspace would hold this many bytes, which is over the quota; nothing was held.
    OverQuota {
        /// Stored, reserved, and the new file.
        projected_bytes: u64,
    },
}

/// A file whose upload was completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommittedFile {
    /// The file.
    pub hash: ContentHash,
    /// Its size as it is stored.
    pub size_bytes: u64,
    /// The media type that the client gave it.
    pub mime_type: String,
    /// The name that the client gave it.
    pub name: String,
    /// The kind that the client gave it, where it is known.
    pub kind: Option<FileKind>,
}

/// What became of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It is written down and counts.
    Counted,
    /// The workspace would hold this many bytes, which is over the quota; nothing was written.
    OverQuota {
        /// Stored, reserved by others, and the file.
        projected_bytes: u64,
    },
}

/// What a workspace's own `file_meta` row says of a file (storage contract, 7.2).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct FileMeta {
    /// The media type.
    pub mime_type: String,
    /// The name.
    pub name: String,
    /// The kind, if it is one that we know.
    #[serde(default, deserialize_with = "known_kind")]
    pub kind: Option<FileKind>,
    /// The file lies in the client's trash.
    #[serde(default, deserialize_with = "truthy")]
    pub deleted: bool,
}

impl FileMeta {
    /// What a row's payload says; `None` when it does not say enough. Clients write it, and rows
    /// of other shapes are theirs to have.
    pub fn of_payload(payload: &str) -> Option<Self> {
        serde_json::from_str(payload).ok()
    }
}

fn known_kind<'de, D: Deserializer<'de>>(from: D) -> Result<Option<FileKind>, D::Error> {
    let word = Value::deserialize(from)?;
    Ok(word.as_str().and_then(FileKind::named))
}

/// `true`, `1` and `"1"`, as rows of all ages have it (storage contract, 3).
fn truthy<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    let value = Value::deserialize(from)?;
    Ok(value == true || value == 1 || value == "1")
}

/// Everything that is written down about one file of a workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileFacts {
    /// The commit, if there was one.
    pub committed: Option<CommittedFile>,
    /// The `file_meta` row that clients pushed, if there is one that can be read.
    pub meta: Option<FileMeta>,
    /// There was such a row, and a client removed it.
    pub removed: bool,
}

/// A blob that was found damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedBlob {
    /// Whose file it is.
    pub workspace: WorkspaceId,
    /// The hash that it should have.
    pub hash: ContentHash,
    /// When it was found first.
    pub found_at: Timestamp,
    /// When it was found last.
    pub seen_at: Timestamp,
    /// How often.
    pub times: u64,
}

/// How much damage is known of, in all workspaces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Damage {
    /// How many blobs.
    pub blobs: u64,
    /// When one of them was found last.
    pub last_seen_at: Option<Timestamp>,
}

/// Keeps the index of files. All sizes are bytes.
#[async_trait]
pub trait FileIndex: Send + Sync {
    /// Holds room for an upload until its reservation expires, if the workspace then holds at most
    /// `quota_bytes` (storage contract, 3.1).
    ///
    /// A hash counts once, at the largest of what its row, its commit and its reservation say: a
    /// file that is stored or reserved already costs nothing more. One reservation a hash: who
    /// asks while it lives shares it, and it ends a millisecond after the last of them would have
    /// ended, so that its end is nobody's own (see [`release`](Self::release)). Expired
    /// reservations no longer count. Check and hold are one atomic step, in one round trip. A blob
    /// of that hash stays from now until an hour after the reservation's end: the collection's
    /// claim on it is dropped.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] for the moment in which a collection is about to remove it.
    async fn reserve(
        &self,
        workspace: &WorkspaceId,
        reservation: &Reservation,
        quota_bytes: u64,
        now: Timestamp,
    ) -> Result<Reserved, StoreError>;

    /// Gives the room back that `reservation` holds, if nobody shares it, in one atomic step and
    /// one round trip; otherwise it does nothing. Room that was shared stays until its end or a
    /// commit, also when all who shared it have given it up: nobody counts them. For who has made
    /// the reservation, once.
    async fn release(
        &self,
        workspace: &WorkspaceId,
        reservation: &Reservation,
    ) -> Result<(), StoreError>;

    /// Writes down that `file` was uploaded, counts it, and ends its reservation, durably, in one
    /// atomic step and one round trip. Repeating it changes nothing but what the client says of the
    /// file. A note of damage ends, because the bytes have been sent again. A collection's claim on
    /// the blob is dropped; whether the blob was still there then is for the caller to look.
    ///
    /// What is reserved or weighs as much already is never refused. Everything else must fit
    /// `quota_bytes` as in [`reserve`](Self::reserve): an upload whose URL has ended weighs nothing
    /// (storage contract, 3.1).
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] for the moment in which a collection is about to remove it.
    async fn commit(
        &self,
        workspace: &WorkspaceId,
        file: &CommittedFile,
        quota_bytes: u64,
        now: Timestamp,
    ) -> Result<Recorded, StoreError>;

    /// What is known of `hash`, in one round trip.
    async fn find(
        &self,
        workspace: &WorkspaceId,
        hash: &ContentHash,
    ) -> Result<FileFacts, StoreError>;

    /// How much the workspace holds, from a maintained counter, in one round trip.
    async fn usage(&self, workspace: &WorkspaceId, now: Timestamp) -> Result<Usage, StoreError>;

    /// Counts that the blob of `hash` was found damaged at `now`, durably, in one round trip. Of
    /// findings at once, in whatever processes, each counts.
    async fn note_damage(
        &self,
        workspace: &WorkspaceId,
        hash: &ContentHash,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Ends the notes of damage on `hashes`, whose blobs were read and found sound by a look that
    /// began at `looked_at`, durably, in one round trip: somebody has put the bytes back. What was
    /// found damaged at that time or later stays noted.
    async fn note_sound(
        &self,
        workspace: &WorkspaceId,
        hashes: &[ContentHash],
        looked_at: Timestamp,
    ) -> Result<(), StoreError>;

    /// At most `limit` damaged blobs of all workspaces, those first that were seen last, in one
    /// round trip.
    async fn damaged(&self, limit: u32) -> Result<Vec<DamagedBlob>, StoreError>;

    /// How many blobs are noted as damaged, in one round trip.
    async fn damage(&self) -> Result<Damage, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_whatever_else_it_holds() {
        let row = r#"{"hash":"h","name":"a","mime_type":"image/png","kind":"audio","deleted":"1"}"#;
        let meta = FileMeta::of_payload(row).expect("a row");
        assert_eq!((meta.kind, meta.deleted), (None, true));
        let row = r#"{"name":"a","mime_type":"application/pdf","kind":"pdf","deleted":false}"#;
        let meta = FileMeta::of_payload(row).expect("a row");
        assert_eq!((meta.kind, meta.deleted), (Some(FileKind::Pdf), false));
    }

    #[test]
    fn a_row_without_a_type_says_nothing() {
        for row in [
            "",
            "null",
            "{}",
            r#"{"name":"a"}"#,
            r#"{"name":1,"mime_type":"a"}"#,
        ] {
            assert_eq!(FileMeta::of_payload(row), None, "{row}");
        }
    }
}
