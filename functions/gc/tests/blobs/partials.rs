//! Uploads in parts that were abandoned.

use std::sync::Arc;
use std::time::Duration;

use or3_blobs::FsPartials;
use or3_domain::clock::Clock;
use or3_domain::gc::{PartialCollector, Tally};
use or3_domain::ids::SystemIds;
use or3_domain::storage::{Part, PartialId, PartialUploads};
use or3_testkit::blob_store_suite::body;
use or3_testkit::{collect_pass, survey_pass};

use crate::depot::Depot;

/// An upload that ends in `seconds` and of which five bytes have come.
async fn begun(depot: &Depot, uploads: &FsPartials, seconds: u64) -> PartialId {
    let end = depot.clock.now().plus(Duration::from_secs(seconds));
    let id = PartialId::new(end, &SystemIds);
    uploads.begin(&id).await.expect("begun");
    let part = Part {
        offset: 0,
        limit: 10,
        checksum: None,
    };
    let appended = uploads.append(&id, part, body(b"hello", 5)).await;
    assert_eq!(appended.expect("appended"), 5);
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn abandoned_uploads_go_when_their_time_is_over() {
    let depot = Depot::new().await;
    let uploads = FsPartials::new(&depot.volume());
    let mut ended = Vec::new();
    for _ in 0..5 {
        ended.push(begun(&depot, &uploads, 10).await);
    }
    let open = begun(&depot, &uploads, 100).await;
    let collector = PartialCollector::new(Arc::new(uploads.clone()));
    let now = depot.clock.now();
    assert_eq!(collect_pass(&collector, now, 2).await, Tally::default());

    let now = now.plus(Duration::from_secs(10));
    let mut names: Vec<_> = ended.iter().map(ToString::to_string).collect();
    names.sort();
    let found = survey_pass(&collector, now, 2).await;
    let looked: Vec<_> = found.iter().map(|found| found.name.clone()).collect();
    assert_eq!(looked, names);
    let whole = Tally {
        removed: 5,
        bytes: 25,
    };
    assert_eq!(collect_pass(&collector, now, 2).await, whole);
    assert_eq!(collect_pass(&collector, now, 2).await, Tally::default());
    for id in ended {
        assert_eq!(uploads.received(&id).await.expect("a look"), None);
    }
    assert_eq!(uploads.received(&open).await.expect("a look"), Some(5));
}
