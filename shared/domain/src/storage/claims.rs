//! The port through which blobs are given up: no row may come to need one while it is removed.

use async_trait::async_trait;

use super::hash::ContentHash;
use crate::clock::Timestamp;
use crate::ids::WorkspaceId;
use crate::store::StoreError;

/// Whose claims they are, and what is old enough.
#[derive(Clone, Copy, Debug)]
pub struct ClaimRule<'a> {
    /// The workspace.
    pub workspace: &'a WorkspaceId,
    /// Under what name claims are held; those of other names are left alone while they are young.
    pub holder: &'a str,
    /// Files that were committed or removed after this moment are kept.
    pub from: Timestamp,
    /// The present moment.
    pub now: Timestamp,
}

/// A blob that is given up for good: nothing refers to it, and whoever wants to upload or commit
/// it again is told to wait until it is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condemned {
    /// The blob.
    pub hash: ContentHash,
    /// When it was claimed: what was written later is not what was given up.
    pub claimed_at: Timestamp,
}

/// What a second look came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condemnation {
    /// What is given up.
    pub condemned: Vec<Condemned>,
    /// Whether the holder has claims left to look at.
    pub more: bool,
}

/// A page of what live rows mention.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// Hashes, in any order, some perhaps twice.
    pub hashes: Vec<ContentHash>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
}

/// Claims on blobs (storage contract, 7.3). A blob is *protected* by a live `file_meta` row, by
/// one in the client's trash, by a row that was removed or a commit that was made since the
/// rule's moment, and by a URL that may still be uploading it.
///
/// A claim stands until a protection comes or the blob is condemned. `FileIndex::reserve` and
/// `commit`, and every push of a live row that mentions the blob, drop the claim in their own
/// transaction. A claim that is older than ten minutes, counted from when it was condemned if it
/// was, is *dead*: nobody removes its blob any more, and others may take it over. Each method is
/// one short transaction, or a read.
#[async_trait]
pub trait BlobClaims: Send + Sync {
    /// The id of the first workspace behind `after`, in an order of its own, that is not deleted.
    async fn next_workspace(
        &self,
        after: Option<&WorkspaceId>,
    ) -> Result<Option<WorkspaceId>, StoreError>;

    /// Which of `hashes` nothing in rows protects; references are another matter. A read.
    async fn unprotected(
        &self,
        rule: ClaimRule<'_>,
        hashes: &[ContentHash],
    ) -> Result<Vec<ContentHash>, StoreError>;

    /// Claims those of `hashes` that nothing protects and of which there is no claim but a dead one
    /// that was not condemned; says how many.
    async fn claim(&self, rule: ClaimRule<'_>, hashes: &[ContentHash]) -> Result<u32, StoreError>;

    /// Gives `at_most` of the holder's claims that are not condemned the name `sealed` instead, and
    /// says how many they were.
    async fn seal(
        &self,
        rule: ClaimRule<'_>,
        sealed: &str,
        at_most: u32,
    ) -> Result<u32, StoreError>;

    /// A page of `at_most` live rows of files, messages and posts: what they mention, in whatever
    /// spelling. A read.
    async fn references(
        &self,
        workspace: &WorkspaceId,
        after: Option<&str>,
        at_most: u32,
    ) -> Result<References, StoreError>;

    /// Drops the holder's claims on `hashes`, condemned ones included.
    async fn release(&self, rule: ClaimRule<'_>, hashes: &[ContentHash]) -> Result<(), StoreError>;

    /// The second look: of the holder's first `at_most` claims, those that are protected now are
    /// dropped and the others condemned. From then on those blobs are gone for everybody else.
    async fn condemn(&self, rule: ClaimRule<'_>, at_most: u32) -> Result<Condemnation, StoreError>;

    /// Forgets files whose blobs are gone, and the holder's claims on them; those that the holder
    /// has no claim on any more are left alone. A file that a row came to refer to after it was
    /// condemned is known as not uploaded.
    async fn forget(&self, rule: ClaimRule<'_>, hashes: &[ContentHash]) -> Result<(), StoreError>;

    /// Takes over at most `at_most` dead claims of this workspace, and says which. They are young
    /// again, so that nobody else does.
    async fn take_over(
        &self,
        rule: ClaimRule<'_>,
        at_most: u32,
    ) -> Result<Vec<ContentHash>, StoreError>;

    /// A page of committed files behind `after`, with the sizes that they were committed with, in
    /// the order of hashes. A read.
    async fn committed(
        &self,
        workspace: &WorkspaceId,
        after: Option<ContentHash>,
        at_most: u32,
    ) -> Result<Vec<(ContentHash, u64)>, StoreError>;
}
