//! The port behind which bytes live.

use std::future::poll_fn;
use std::ops::Range;
use std::pin::Pin;

use async_trait::async_trait;
use bytes::Bytes;
use futures_core::Stream;

use super::error::{StorageError, UploadError};
use super::hash::ContentHash;
use crate::clock::Timestamp;
use crate::ids::WorkspaceId;
use crate::store::StoreError;

/// Where a blob lives: a workspace and a hash, both parsed, so that a path or an object key can
/// be made of them without looking again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BlobKey {
    workspace: WorkspaceId,
    hash: ContentHash,
}

/// The longest workspace id that becomes part of a path.
const LONGEST_WORKSPACE: usize = 128;

impl BlobKey {
    /// The key of `hash` in `workspace`, whose id must be letters, digits, `_` and `-`, 1 to 128
    /// of them (storage contract, 6.3).
    ///
    /// # Errors
    ///
    /// [`StorageError::InvalidPath`] for any other id.
    pub fn new(workspace: &WorkspaceId, hash: ContentHash) -> Result<Self, StorageError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let id = workspace.as_str();
        if (1..=LONGEST_WORKSPACE).contains(&id.len()) && id.bytes().all(plain) {
            let workspace = workspace.clone();
            Ok(Self { workspace, hash })
        } else {
            Err(StorageError::InvalidPath)
        }
    }

    /// The workspace.
    pub fn workspace(&self) -> &WorkspaceId {
        &self.workspace
    }

    /// The hash.
    pub fn hash(&self) -> &ContentHash {
        &self.hash
    }
}

/// Bytes as they come, in pieces of any size.
pub type ByteStream<E> = Pin<Box<dyn Stream<Item = Result<Bytes, E>> + Send>>;

/// Why the bytes of an upload stopped coming.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Interruption {
    /// The sender broke off.
    #[error("the sender broke off")]
    Broken,
    /// The sender was too slow.
    #[error("the sender was too slow")]
    Stalled,
}

/// What is known of a blob without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobStat {
    /// Its size.
    pub size_bytes: u64,
    /// Whether the store itself carries a mark of its commit.
    pub committed: bool,
    /// What the store says of its hash.
    pub proof: Proof,
}

/// What a store says of a blob's hash without reading the blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The bytes have the hash of the key, as far as the deployment wants to know: they were
    /// checked on their way in.
    Given,
    /// Nobody has checked them.
    Missing,
    /// They have another hash.
    Contrary,
}

/// What a look at every byte of a blob found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The bytes have the hash that they are kept under.
    Sound,
    /// They have another one, or some are missing.
    Damaged,
}

/// Something that lies in a workspace's place, as a listing found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// What it is.
    pub object: Object,
    /// Its size.
    pub size_bytes: u64,
    /// When it was last written, by the store's own clock.
    pub modified_at: Timestamp,
}

/// What lies in a workspace's place. What is neither of the two is somebody else's and never
/// listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// A blob.
    Blob(ContentHash),
    /// What an upload or a commit that was cut off left behind, by the store's own name: a file
    /// being written, a mark without a blob.
    Leftover(String),
}

/// A page of what lies in a workspace's place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// What was found, in the store's own order.
    pub found: Vec<Stored>,
    /// What to ask for the next page with; `None` at the end. It stays good while things come
    /// and go.
    pub next: Option<String>,
}

/// A blob that was opened: its size is fixed, and it can be read although it is removed meanwhile.
pub trait OpenBlob: Send {
    /// The size of the whole blob.
    fn size_bytes(&self) -> u64;

    /// Reads `range`, which must lie within the size, in pieces. The stream ends early with an
    /// error when the store fails, and with [`StoreError::Damaged`] when the blob turns out
    /// shorter or, where the provider checks that, to have another hash: the last piece is held
    /// back then, so that nobody takes what came for the whole.
    fn read(self: Box<Self>, range: Range<u64>) -> ByteStream<StoreError>;
}

/// A place for blobs that is prepared once, by who migrates the deployment, before any is kept
/// there. What is not prepared is trouble to everybody else: a volume that is not mounted must not
/// pass for an empty one.
#[async_trait]
pub trait BlobRoot: Send + Sync {
    /// Prepares the place. Repeating it, also in several processes at once, changes nothing.
    ///
    /// # Errors
    ///
    /// When the place is not there, or is not ours to write.
    async fn prepare(&self) -> Result<(), StoreError>;
}

/// Keeps blobs under their keys.
#[async_trait]
pub trait BlobStore: Send + Sync {
    /// Takes `body`, which must be `size_bytes` long and have the key's hash, and makes it the
    /// blob of `key`; a blob that is there already is replaced by the same bytes.
    ///
    /// Atomic: whatever happens, `key` names a whole blob or what it named before. Durable when it
    /// returns. Reading stops as soon as the body is longer than `size_bytes`. Memory does not
    /// grow with the blob.
    ///
    /// # Errors
    ///
    /// [`UploadError`]; nothing is visible under `key` then.
    async fn put(
        &self,
        key: &BlobKey,
        size_bytes: u64,
        body: ByteStream<Interruption>,
    ) -> Result<(), UploadError>;

    /// What is known of the blob, or `None` if there is none. Trouble is an error, never `None`:
    /// clients drop files that do not exist (storage contract, 8.2).
    async fn stat(&self, key: &BlobKey) -> Result<Option<BlobStat>, StoreError>;

    /// Opens the blob for reading, or `None` if there is none. Trouble is an error, never `None`.
    async fn open(&self, key: &BlobKey) -> Result<Option<Box<dyn OpenBlob>>, StoreError>;

    /// Marks the blob as committed at `at`, durably; `hash_as_sent` is kept with the mark.
    /// Repeating it replaces the mark. A store without marks does nothing, and its blobs are
    /// never marked: then the record of the commit alone decides.
    async fn mark_committed(
        &self,
        key: &BlobKey,
        hash_as_sent: &str,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// A page of at most `at_most` things that lie in the place of `workspace`; `after` is the
    /// `next` of the page before. Over all pages everything that stays is listed once; what comes
    /// or goes meanwhile may be. A workspace without a place has an empty listing; trouble is an
    /// error. Memory does not grow with the place.
    async fn list(
        &self,
        workspace: &WorkspaceId,
        after: Option<&str>,
        at_most: u32,
    ) -> Result<Listing, StoreError>;

    /// Removes the blob and its mark, and says whether there was a blob to remove: one that was
    /// written after `written_by` stays. A power failure may bring it back. Nothing else keeps an upload of the same hash
    /// from being removed here: who deletes must have made sure that none is under way.
    async fn delete(&self, key: &BlobKey, written_by: Timestamp) -> Result<bool, StoreError>;

    /// Removes what [`list`](Self::list) called a leftover, unless it was written after
    /// `written_by`, and says whether there was something to remove.
    async fn discard(
        &self,
        workspace: &WorkspaceId,
        leftover: &str,
        written_by: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Reads the whole blob and says whether it still has its hash; `None` if there is none.
    /// Changes nothing. Trouble is an error, never a verdict.
    async fn verify(&self, key: &BlobKey) -> Result<Option<Verdict>, StoreError> {
        let Some(blob) = self.open(key).await? else {
            return Ok(None);
        };
        let size_bytes = blob.size_bytes();
        let mut pieces = blob.read(0..size_bytes);
        let mut digester = key.hash().digester();
        while let Some(piece) = poll_fn(|context| pieces.as_mut().poll_next(context)).await {
            match piece {
                Ok(piece) => digester.update(&piece),
                Err(StoreError::Damaged(_)) => return Ok(Some(Verdict::Damaged)),
                Err(error) => return Err(error),
            }
        }
        let sound = digester.finish() == *key.hash();
        Ok(Some(if sound {
            Verdict::Sound
        } else {
            Verdict::Damaged
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_workspace_ids_become_part_of_a_path() {
        let hash = ContentHash::Md5([0; 16]);
        let key = |id: &str| BlobKey::new(&WorkspaceId::new(id), hash);
        let longest = "a".repeat(128);
        for id in [
            "ws",
            "A-9_z",
            "bf362dc6-711b-4a62-a24e-efea03ed3f49",
            &longest,
        ] {
            assert!(key(id).is_ok(), "{id}");
        }
        let longer = "a".repeat(129);
        for id in [
            "", ".", "..", "a/b", "a\\b", "a b", "a\0", "é", "%2e%2e", "a.b", &longer,
        ] {
            assert_eq!(key(id).err(), Some(StorageError::InvalidPath), "{id:?}");
        }
    }
}
