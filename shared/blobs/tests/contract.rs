//! The contract suite of blob stores, on a volume.

use std::sync::Arc;

use or3_blobs::FsBlobs;
use or3_testkit::{FixedClock, SequentialIds, blob_store_suite as suite};

macro_rules! facts {
    ($($fact:ident),* $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $fact() {
            let root = tempfile::tempdir().expect("a folder");
            let clock = Arc::new(FixedClock::default());
            let store = FsBlobs::new(root.path(), clock, Arc::new(SequentialIds::default()));
            store.create().await.expect("a root");
            suite::$fact(&store).await;
        })*
    };
}

facts! {
    a_blob_comes_back_identical,
    an_empty_blob_is_a_blob,
    a_body_that_is_not_the_blob_leaves_nothing,
    a_body_without_end_is_cut_off,
    a_failed_upload_leaves_the_blob_that_was_there,
    uploads_of_one_hash_at_once_end_in_one_blob,
    an_md5_blob_is_verified_too,
    workspaces_do_not_see_each_other,
    a_mark_is_seen_and_can_be_repeated,
    a_removed_blob_is_gone_with_its_mark,
    a_blob_is_found_sound,
    a_blob_that_is_removed_while_read_is_read_to_the_end,
    pages_list_every_blob_once,
    a_listing_goes_on_while_blobs_are_removed,
    a_younger_blob_is_not_removed,
    only_leftovers_are_discarded,
}
