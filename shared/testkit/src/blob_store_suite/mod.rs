//! What every [`BlobStore`] does, whatever it stands on, and what its facts are told with.
#![expect(
    clippy::missing_panics_doc,
    reason = "a fact that does not hold is a panic"
)]

mod listing;
mod removal;
mod transfer;

pub use listing::{a_listing_goes_on_while_blobs_are_removed, pages_list_every_blob_once};
pub use removal::{
    a_blob_that_is_removed_while_read_is_read_to_the_end, a_removed_blob_is_gone_with_its_mark,
    a_younger_blob_is_not_removed, only_leftovers_are_discarded,
};
pub use transfer::{
    a_blob_comes_back_identical, a_blob_is_found_sound, a_body_that_is_not_the_blob_leaves_nothing,
    a_body_without_end_is_cut_off, a_failed_upload_leaves_the_blob_that_was_there,
    a_mark_is_seen_and_can_be_repeated, an_empty_blob_is_a_blob, an_md5_blob_is_verified_too,
    uploads_of_one_hash_at_once_end_in_one_blob, workspaces_do_not_see_each_other,
};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{BlobKey, BlobStat, BlobStore, ByteStream, ContentHash, Interruption};

/// After whatever a test writes, by any store's clock.
const LATER: Timestamp = Timestamp::from_seconds(32_503_680_000);

const AT: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// The key of `content` by SHA-256, in the workspace `ws`.
pub fn key_of(content: &[u8]) -> BlobKey {
    key_in("ws", content)
}

/// The key of `content` by SHA-256, in `workspace`.
#[expect(clippy::expect_used, reason = "a suite's own ids are plain")]
pub fn key_in(workspace: &str, content: &[u8]) -> BlobKey {
    let mut digester = ContentHash::Sha256([0; 32]).digester();
    digester.update(content);
    BlobKey::new(&WorkspaceId::new(workspace), digester.finish()).expect("a plain id")
}

/// `content` as a body that comes in pieces of `size` bytes.
pub fn body(content: &[u8], size: usize) -> ByteStream<Interruption> {
    let pieces: Vec<_> = content
        .chunks(size)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    stream::iter(pieces).boxed()
}

/// Bytes that do not repeat soon.
pub fn content(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

async fn put(store: &dyn BlobStore, content: &[u8]) {
    let size = content.len() as u64;
    let put = store.put(&key_of(content), size, body(content, 4096)).await;
    assert!(put.is_ok(), "{put:?}");
}

async fn read(store: &dyn BlobStore, key: &BlobKey, range: Option<(u64, u64)>) -> Vec<u8> {
    let Ok(Some(blob)) = store.open(key).await else {
        return b"(no blob)".to_vec();
    };
    let (start, end) = range.unwrap_or((0, blob.size_bytes()));
    let pieces: Result<Vec<Bytes>, _> = blob.read(start..end).try_collect().await;
    pieces.map(|pieces| pieces.concat()).unwrap_or_default()
}

async fn stat(store: &dyn BlobStore, key: &BlobKey) -> Option<BlobStat> {
    let stat = store.stat(key).await;
    assert!(stat.is_ok(), "{stat:?}");
    stat.ok().flatten()
}
