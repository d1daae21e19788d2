//! The look that touches nothing.

use std::fs;
use std::sync::Arc;

use or3_domain::clock::Clock;
use or3_domain::gc::BlobCheck;
use or3_testkit::{collect_pass, survey_pass};

use crate::depot::Depot;

#[tokio::test]
async fn missing_damaged_and_unreferenced_blobs_are_named_and_stay() {
    let depot = Depot::new().await;
    let sound = depot.file("abc").await;
    let rotten = depot.file("def").await;
    let short = depot.file("ghi").await;
    let missing = depot.file("jkl").await;
    let orphan = depot.upload("mno").await;
    for hash in [sound, rotten, short, missing] {
        depot.list(hash, false).await;
    }
    fs::write(depot.folder().join(rotten.file_name()), "xyz").expect("damaged");
    fs::write(depot.folder().join(short.file_name()), "x").expect("damaged");
    fs::remove_file(depot.folder().join(missing.file_name())).expect("removed");
    let (blobs, claims) = (Arc::new(depot.blobs.clone()), depot.state.blob_claims());
    let check = BlobCheck::new(blobs, claims);
    let now = depot.clock.now();
    let mut wanted = vec![
        format!("missing ws/{missing}"),
        format!("damaged ws/{rotten}"),
        format!("damaged ws/{short}"),
        format!("unreferenced ws/{orphan}"),
    ];
    wanted.sort();
    for _ in 0..2 {
        let found = survey_pass(&check, now, 9).await;
        let mut names: Vec<_> = found.into_iter().map(|found| found.name).collect();
        names.sort();
        assert_eq!(names, wanted);
        assert_eq!(collect_pass(&check, now, 9).await.removed, 0);
    }
    assert!(depot.has(orphan).await);
}
