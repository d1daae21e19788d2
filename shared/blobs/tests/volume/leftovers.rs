//! Writes that were cut off, and what becomes of the rest.

use std::fs;
use std::time::Duration;

use futures_util::StreamExt;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{BlobStore, Object};
use or3_testkit::blob_store_suite::{body, content};

use crate::{AT, CONTENT, LATER, Volume, key, names};

#[tokio::test]
async fn nothing_is_left_in_the_folder_but_the_blob() {
    let volume = Volume::open().await;
    volume.put().await.expect("stored");
    let failed = volume.blobs.put(&key(), 7, body(b"contenT", 3)).await;
    assert!(failed.is_err());
    assert_eq!(names(&volume.folder()), [key().hash().file_name()]);
}

#[tokio::test]
async fn a_write_under_way_is_not_a_blob() {
    let volume = Volume::open().await;
    fs::create_dir(volume.folder()).expect("a folder");
    let name = format!("{}.tmp-1-aa", key().hash().file_name());
    fs::write(volume.folder().join(name), CONTENT).expect("half a blob");
    assert_eq!(volume.blobs.stat(&key()).await.expect("a look"), None);
}

#[tokio::test]
async fn an_upload_that_nobody_waits_for_is_cleaned_away() {
    let volume = Volume::open().await;
    // More than what is held in memory, so that there is a file.
    let begun = body(&content(600_000), 4096);
    let never = begun.chain(futures_util::stream::pending());
    let key = key();
    let cleaned_away = async {
        let mut put = volume.blobs.put(&key, 700_000, Box::pin(never));
        while !volume.folder().exists() || names(&volume.folder()).is_empty() {
            let moment = Box::pin(tokio::task::yield_now());
            futures_util::future::select(&mut put, moment).await;
        }
        drop(put);
        // The blocking pool finishes what was begun before it runs this.
        while !names(&volume.folder()).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    let cleaned_away = tokio::time::timeout(Duration::from_mins(2), cleaned_away).await;
    cleaned_away.expect("an upload begins, and nothing is left of it");
}

async fn listed(volume: &Volume) -> Vec<Object> {
    let workspace = WorkspaceId::new("ws");
    let page = volume.blobs.list(&workspace, None, 100).await;
    let found = page.expect("a listing").found;
    found.into_iter().map(|stored| stored.object).collect()
}

#[tokio::test]
async fn what_cut_off_writes_left_is_listed_and_can_be_discarded_and_the_rest_stays() {
    let volume = Volume::open().await;
    volume.put().await.expect("stored");
    let marked = volume.blobs.mark_committed(&key(), "as sent", AT).await;
    marked.expect("marked");
    let hex = "ab".repeat(32);
    let leftovers = [
        format!("sha256_{hex}.meta.json"),
        format!("sha256_{hex}.meta.json.tmp-1-0000000000000001"),
        format!("sha256_{hex}.tmp-1-0000000000000001"),
    ];
    let foreign = ["notes.txt", "generations-v1", ".hidden.tmp-1"];
    for name in leftovers.iter().map(String::as_str).chain(foreign) {
        fs::write(volume.folder().join(name), "x").expect("written");
    }
    fs::create_dir(volume.folder().join(format!("md5_{}", "cd".repeat(16)))).expect("made");

    let mut wanted: Vec<_> = leftovers.iter().cloned().map(Object::Leftover).collect();
    wanted.insert(0, Object::Blob(*key().hash()));
    let mut found = listed(&volume).await;
    found.sort_by_key(|object| wanted.iter().position(|one| one == object));
    assert_eq!(found, wanted);

    let workspace = WorkspaceId::new("ws");
    for name in &leftovers {
        let early = volume.blobs.discard(&workspace, name, AT).await;
        assert!(!early.expect("looked"), "{name} is younger than that");
        let done = volume.blobs.discard(&workspace, name, LATER).await;
        assert!(done.expect("discarded"), "{name}");
    }
    let mark = format!("{}.meta.json", key().hash().file_name());
    let mark = volume.blobs.discard(&workspace, &mark, LATER).await;
    assert!(!mark.expect("looked"), "its blob is there");
    assert_eq!(listed(&volume).await, [Object::Blob(*key().hash())]);
    assert!(
        foreign
            .iter()
            .all(|name| volume.folder().join(name).exists())
    );
}
