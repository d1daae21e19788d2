//! How far devices have come (sync contract, 14).

use or3_domain::sync::{CursorError, CursorReport};

use super::{Home, START, SyncPorts, put};

async fn report(home: &Home, device: &str, version: i64) -> Result<(), CursorError> {
    let report = CursorReport {
        workspace: home.workspace.clone(),
        user: home.user.clone(),
        device_id: device.to_owned(),
        version,
    };
    home.ports.store.update_cursor(&report, START).await
}

/// Forward, or the same again; never back, never beyond the head.
pub async fn a_cursor_only_moves_forward(ports: SyncPorts) {
    let home = ports.home("ws").await;
    assert!(matches!(
        report(&home, "dev", 1).await,
        Err(CursorError::BeyondHead)
    ));
    report(&home, "dev", 0)
        .await
        .expect("an empty workspace has version 0");
    home.push(&[put("a", 1, 1), put("b", 1, 2)]).await;
    report(&home, "dev", 2).await.expect("forward");
    report(&home, "dev", 2).await.expect("the same again");
    assert!(matches!(
        report(&home, "dev", 1).await,
        Err(CursorError::Regress)
    ));
    assert!(matches!(
        report(&home, "dev", 3).await,
        Err(CursorError::BeyondHead)
    ));
    report(&home, "other device", 1)
        .await
        .expect("each device has its own");
}

/// Whoever reports a device first owns it there.
pub async fn a_device_belongs_to_its_first_user_in_each_workspace(ports: SyncPorts) {
    let (home, other) = (ports.home("ws").await, ports.home("other").await);
    report(&home, "dev", 0).await.expect("the first report");
    let bob = home.of("bob");
    assert!(matches!(
        report(&bob, "dev", 0).await,
        Err(CursorError::ForeignDevice)
    ));
    report(&other.of("bob"), "dev", 0)
        .await
        .expect("another workspace");
}

/// Two tabs that report together: the higher report stays, the lower one may be refused.
pub async fn of_two_reports_at_once_the_higher_one_stays(ports: SyncPorts) {
    let home = ports.home("ws").await;
    let ops: Vec<_> = (1..=20)
        .map(|number| put(&format!("k{number}"), 1, number))
        .collect();
    home.push(&ops).await;
    let reports = (1..=20).map(|version| {
        let home = home.clone();
        tokio::spawn(async move { report(&home, "dev", version).await })
    });
    for report in reports.collect::<Vec<_>>() {
        let outcome = report.await.expect("no panic");
        assert!(
            matches!(outcome, Ok(()) | Err(CursorError::Regress)),
            "{outcome:?}"
        );
    }
    assert!(matches!(
        report(&home, "dev", 19).await,
        Err(CursorError::Regress)
    ));
    report(&home, "dev", 20).await.expect("the highest stayed");
}
