//! The contract suite of blob stores.

use futures_util::future::join_all;
use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{BlobStore, Object, UploadError};
use or3_domain::store::StoreError;
use or3_testkit::{S3Server, blob_store_suite as suite};

use crate::{settings, store};

macro_rules! facts {
    ($($fact:ident),* $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $fact() {
            let Some(server) = S3Server::start() else {
                return;
            };
            suite::$fact(&store(&settings(&server, &[]))).await;
        })*
    };
}

// Left out is what asks for a mark: here a commit is our record's alone.
facts! {
    a_blob_comes_back_identical,
    an_empty_blob_is_a_blob,
    a_body_that_is_not_the_blob_leaves_nothing,
    a_body_without_end_is_cut_off,
    a_failed_upload_leaves_the_blob_that_was_there,
    an_md5_blob_is_verified_too,
    workspaces_do_not_see_each_other,
    a_removed_blob_is_gone_with_its_mark,
    a_blob_is_found_sound,
    a_blob_that_is_removed_while_read_is_read_to_the_end,
    pages_list_every_blob_once,
    a_listing_goes_on_while_blobs_are_removed,
    only_leftovers_are_discarded,
}

/// The suite wants all of them to pass; this server answers 500 to some that come at once.
#[tokio::test(flavor = "multi_thread")]
async fn uploads_of_one_hash_at_once_end_in_one_blob() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let store = store(&settings(&server, &[]));
    let content = suite::content(200_000);
    let key = suite::key_of(&content);
    let upload = || store.put(&key, 200_000, suite::body(&content, 1000));
    let outcomes = join_all((0..8).map(|_| upload())).await;
    assert!(outcomes.iter().any(Result::is_ok));
    for outcome in outcomes {
        let busy = matches!(outcome, Err(UploadError::Store(StoreError::Unavailable(_))));
        assert!(outcome.is_ok() || busy, "{outcome:?}");
    }
    let listed = store.list(key.workspace(), None, 9).await.expect("a list");
    assert_eq!(listed.found.len(), 1);
    suite::a_blob_is_found_sound(&store).await;
    let verdict = store.verify(&key).await.expect("looked at");
    assert_eq!(verdict, Some(or3_domain::storage::Verdict::Sound));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_younger_blob_is_not_removed() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let store = store(&settings(&server, &[]));
    let key = suite::key_of(b"young");
    let put = store.put(&key, 5, suite::body(b"young", 5)).await;
    put.expect("stored");
    let listed = store.list(key.workspace(), None, 9).await.expect("a list");
    let written = listed.found[0].modified_at;
    let before = Timestamp::from_millis(written.millis() - 2000);
    assert!(matches!(store.delete(&key, before).await, Ok(false)));
    assert!(store.stat(&key).await.expect("a look").is_some());
    assert!(matches!(store.delete(&key, written).await, Ok(true)));
}

/// Objects of others below the same prefix, and workspaces whose names begin alike.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_ours_is_not_listed() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let prefixed = settings(&server, &[("OR3_STORAGE_S3_KEY_PREFIX", "or3/(test)")]);
    let store = store(&prefixed);
    for name in [
        "or3/(test)/ws/notes.txt",
        "or3/(test)/ws/sha256/x",
        "ws/sha256/x",
    ] {
        let url = format!("{}/{}/{name}", server.url(), S3Server::BUCKET);
        assert_eq!(server.send("PUT", &url, &[], b"theirs").status, 200);
    }
    for key in [suite::key_of(b"ours"), suite::key_in("ws2", b"ours")] {
        let put = store.put(&key, 4, suite::body(b"ours", 4)).await;
        put.expect("stored");
    }
    let (mut found, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = store
            .list(&WorkspaceId::new("ws"), after.as_deref(), 1)
            .await;
        let page = page.expect("a page");
        found.extend(page.found.into_iter().map(|stored| stored.object));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, [Object::Blob(*suite::key_of(b"ours").hash())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_leaves_no_mark() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let store = store(&settings(&server, &[]));
    let key = suite::key_of(b"plain");
    let put = store.put(&key, 5, suite::body(b"plain", 5)).await;
    put.expect("stored");
    let marked = store.mark_committed(&key, "sha256:x", Timestamp::from_seconds(0));
    marked.await.expect("nothing to do");
    let stat = store.stat(&key).await.expect("a look").expect("a blob");
    assert!(!stat.committed);
}
