//! The contract suite of uploads in parts, on a volume.

use std::sync::Arc;

use or3_blobs::{FsBlobs, FsPartials};
use or3_testkit::{FixedClock, SequentialIds, partial_uploads_suite as suite};

macro_rules! facts {
    ($($fact:ident),* $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $fact() {
            let root = tempfile::tempdir().expect("a folder");
            let clock = Arc::new(FixedClock::default());
            let blobs = FsBlobs::new(root.path(), clock, Arc::new(SequentialIds::default()));
            blobs.create().await.expect("a root");
            suite::$fact(&FsPartials::new(&blobs), &blobs).await;
        })*
    };
}

facts! {
    parts_become_the_blob,
    an_empty_upload_is_a_blob,
    a_part_at_another_offset_changes_nothing,
    a_part_that_breaks_off_stays_as_far_as_it_came,
    a_part_with_a_checksum_counts_whole_or_not_at_all,
    a_part_that_is_too_long_leaves_nothing,
    one_writes_at_a_time,
    of_many_parts_at_once_one_arrives,
    other_bytes_are_no_blob,
    an_upload_that_is_given_up_is_gone,
    uploads_are_listed_when_they_have_ended,
}
