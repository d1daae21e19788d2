//! What is there is listed.

use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{BlobKey, BlobStore, Object, Stored};

use super::{AT, LATER, body, content, key_in, key_of, put};

pub(super) async fn list(store: &dyn BlobStore, workspace: &str, at_most: u32) -> Vec<Stored> {
    let workspace = WorkspaceId::new(workspace);
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store.list(&workspace, after.as_deref(), at_most).await;
        let page = page.unwrap_or_else(|error| panic!("{error}"));
        assert!(page.found.len() <= at_most as usize);
        all.extend(page.found);
        let Some(next) = page.next else {
            return all;
        };
        after = Some(next);
    }
}

/// Every blob is listed once, with its size, whatever the size of a page; marks are not.
pub async fn pages_list_every_blob_once(store: &dyn BlobStore) {
    let contents: Vec<_> = (1..=9).map(content).collect();
    for content in &contents {
        put(store, content).await;
    }
    for marked in &contents[..4] {
        let marked = store.mark_committed(&key_of(marked), "sha256:x", AT).await;
        assert!(marked.is_ok());
    }
    let key = key_in("other", b"other");
    assert!(store.put(&key, 5, body(b"other", 5)).await.is_ok());
    let mut wanted: Vec<_> = contents
        .iter()
        .map(|content| (Object::Blob(*key_of(content).hash()), content.len() as u64))
        .collect();
    wanted.sort_by_key(|(_, size)| *size);
    for at_most in [1, 2, 9, 100] {
        let listed = list(store, "ws", at_most).await;
        let mut listed: Vec<_> = listed
            .into_iter()
            .map(|stored| (stored.object, stored.size_bytes))
            .collect();
        listed.sort_by_key(|(_, size)| *size);
        assert_eq!(listed, wanted, "{at_most} a page");
    }
    assert!(list(store, "nobody", 9).await.is_empty());
}

/// A listing goes on although what it ended with is gone.
pub async fn a_listing_goes_on_while_blobs_are_removed(store: &dyn BlobStore) {
    for length in 1..=9 {
        put(store, &content(length)).await;
    }
    let workspace = WorkspaceId::new("ws");
    let (mut seen, mut after) = (0, None::<String>);
    loop {
        let page = store.list(&workspace, after.as_deref(), 2).await;
        let page = page.unwrap_or_else(|error| panic!("{error}"));
        for stored in page.found {
            let Object::Blob(hash) = stored.object else {
                panic!("{stored:?}");
            };
            let Ok(key) = BlobKey::new(&workspace, hash) else {
                panic!("a plain id");
            };
            assert!(matches!(store.delete(&key, LATER).await, Ok(true)));
            seen += 1;
        }
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, 9);
    assert!(list(store, "ws", 9).await.is_empty());
}
