//! The look that touches nothing.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use or3_domain::clock::Clock;
use or3_domain::health::Probe;
use or3_domain::storage::DamageProbe;
use serde_json::json;

use crate::depot::{Depot, names};

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
    let mut wanted = vec![
        format!("missing ws/{missing}"),
        format!("damaged ws/{rotten}"),
        format!("damaged ws/{short}"),
        format!("unreferenced ws/{orphan}"),
    ];
    wanted.sort();
    for _ in 0..2 {
        let run = depot.event(&json!({ "verify": true })).await;
        assert_eq!(names(&run), wanted);
    }
    assert!(depot.has(orphan).await);
}

/// Found by a look, it counts as when a download finds it; put back, it no longer does.
#[tokio::test]
async fn damage_is_noted_until_the_bytes_are_put_back() {
    let depot = Depot::new().await;
    let (rotten, missing) = (depot.file("def").await, depot.file("jkl").await);
    let (path, lost) = (
        depot.folder().join(rotten.file_name()),
        depot.folder().join(missing.file_name()),
    );
    for hash in [rotten, missing] {
        depot.list(hash, false).await;
    }
    fs::write(&path, "xyz").expect("damaged");
    fs::remove_file(&lost).expect("removed");
    let files = depot.state.file_index();
    let verify = json!({ "verify": true });
    for times in 1..=2 {
        depot.later(Duration::from_secs(1));
        depot.event(&verify).await;
        let noted = files.damaged(9).await.expect("listed");
        assert_eq!(noted.len(), 1, "{noted:?}");
        assert_eq!((noted[0].hash, noted[0].times), (rotten, times));
        assert_eq!(noted[0].seen_at, depot.clock.now());
    }
    let warned = DamageProbe::new(Arc::clone(&files)).probe().await.warnings;
    let text = format!(
        "Damaged files: 1, last found at {}.",
        depot.clock.now().to_iso()
    );
    assert_eq!(warned, [text]);

    fs::write(&path, "def").expect("put back");
    depot.later(Duration::from_secs(1));
    assert_eq!(
        names(&depot.event(&verify).await),
        [format!("missing ws/{missing}")]
    );
    assert_eq!(files.damaged(9).await.expect("listed"), []);
    let probe = DamageProbe::new(files).probe().await;
    assert!(probe.warnings.is_empty(), "{probe:?}");
}
