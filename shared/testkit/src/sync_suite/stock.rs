//! What there is, counted.

use std::sync::Arc;
use std::time::Duration;

use or3_domain::metrics::{Figures, Stock};
use or3_domain::storage::{CommittedFile, ContentHash, FileIndex};
use or3_domain::sync::CursorReport;

use super::{Home, START, SyncPorts, put};

/// The port under test, and what changes what it counts.
pub struct StockPorts {
    /// The port under test.
    pub stock: Arc<dyn Stock>,
    /// Where changes come from.
    pub sync: SyncPorts,
    /// Where files come from.
    pub files: Arc<dyn FileIndex>,
}

async fn report(home: &Home, device: &str, version: i64, seconds: u64) {
    let report = CursorReport {
        workspace: home.workspace.clone(),
        user: home.user.clone(),
        device_id: device.to_owned(),
        version,
    };
    let at = START.plus(Duration::from_secs(seconds));
    let reported = home.ports.store.update_cursor(&report, at).await;
    reported.expect("a report");
}

/// Nothing is there at first, and that is an answer.
pub async fn an_empty_deployment_has_nothing_in_stock(ports: StockPorts) {
    let found = ports.stock.count(START, START).await;
    assert_eq!(found.expect("figures"), Figures::default());
}

/// Versions, lags and bytes of all workspaces; devices that were not seen lately are left out, and
/// one that has seen everything may be as silent as it likes.
pub async fn what_there_is_is_summed_over_all_workspaces(ports: StockPorts) {
    let (one, two) = (ports.sync.home("one").await, ports.sync.home("two").await);
    one.push(&[put("a", 1, 1), put("b", 1, 2), put("c", 1, 3)])
        .await;
    two.push(&[put("d", 1, 4)]).await;
    report(&one, "gone", 0, 0).await;
    report(&one, "even", 3, 100).await;
    report(&one, "behind", 2, 400).await;
    report(&two, "further behind", 0, 700).await;
    for (home, bytes) in [(&one, 700), (&two, 11)] {
        let file = CommittedFile {
            hash: ContentHash::Sha256([7; 32]),
            size_bytes: bytes,
            mime_type: "image/png".to_owned(),
            name: "a.png".to_owned(),
            kind: None,
        };
        let committed = ports
            .files
            .commit(&home.workspace, &file, u64::MAX, START)
            .await;
        committed.expect("a commit");
    }
    let (now, since) = (Duration::from_secs(1000), Duration::from_secs(50));
    let found = ports.stock.count(START.plus(now), START.plus(since)).await;
    let wanted = Figures {
        workspaces: 2,
        change_log_versions: 4,
        devices: 3,
        device_lag_versions: 1,
        device_lag_seconds: 600,
        stored_bytes: 711,
    };
    assert_eq!(found.expect("figures"), wanted);
}
