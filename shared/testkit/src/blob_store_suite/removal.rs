//! What is removed is gone, and the rest stays.

use bytes::Bytes;
use futures_util::TryStreamExt;
use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::BlobStore;

use super::listing::list;
use super::{AT, LATER, content, key_of, put, read, stat};

/// Blob and mark go together; what is not there cannot be removed twice.
pub async fn a_removed_blob_is_gone_with_its_mark(store: &dyn BlobStore) {
    put(store, b"gone").await;
    let key = key_of(b"gone");
    assert!(store.mark_committed(&key, "sha256:x", AT).await.is_ok());
    assert!(matches!(store.delete(&key, LATER).await, Ok(true)));
    assert!(matches!(store.delete(&key, LATER).await, Ok(false)));
    assert_eq!(stat(store, &key).await, None);
    put(store, b"gone").await;
    assert!(stat(store, &key).await.is_some_and(|stat| !stat.committed));
}

/// Who has opened a blob can read it to the end.
pub async fn a_blob_that_is_removed_while_read_is_read_to_the_end(store: &dyn BlobStore) {
    let content = content(600_000);
    put(store, &content).await;
    let key = key_of(&content);
    let Ok(Some(blob)) = store.open(&key).await else {
        panic!("the blob was just put");
    };
    assert!(matches!(store.delete(&key, LATER).await, Ok(true)));
    let pieces: Result<Vec<Bytes>, _> = blob.read(0..600_000).try_collect().await;
    assert_eq!(pieces.map(|pieces| pieces.concat()).ok(), Some(content));
}

/// What was written after it was judged stays.
pub async fn a_younger_blob_is_not_removed(store: &dyn BlobStore) {
    put(store, b"young").await;
    let key = key_of(b"young");
    let marked = store.mark_committed(&key, "sha256:x", AT).await;
    assert!(marked.is_ok());
    let [stored] = &list(store, "ws", 9).await[..] else {
        panic!("one blob");
    };
    let before = Timestamp::from_millis(stored.modified_at.millis() - 2000);
    assert!(matches!(store.delete(&key, before).await, Ok(false)));
    assert_eq!(read(store, &key, None).await, b"young");
    assert!(stat(store, &key).await.is_some_and(|stat| stat.committed));
    let then = stored.modified_at;
    assert!(matches!(store.delete(&key, then).await, Ok(true)));
}

/// A blob's name is no leftover's, and neither is anybody else's.
pub async fn only_leftovers_are_discarded(store: &dyn BlobStore) {
    put(store, b"kept").await;
    let (workspace, key) = (WorkspaceId::new("ws"), key_of(b"kept"));
    for name in [
        &*key.hash().file_name(),
        "",
        ".",
        "..",
        "../ws",
        "notes.txt",
    ] {
        let discarded = store.discard(&workspace, name, LATER).await;
        assert!(!matches!(discarded, Ok(true)), "{name}");
    }
    assert_eq!(read(store, &key, None).await, b"kept");
}
