//! The same edits in another order make the same state.

use std::collections::BTreeMap;

use fastrand::Rng;
use or3_domain::sync::Table;
use serde_json::json;

use crate::device::ops;
use crate::edit::Edit;
use crate::fleet::{Fleet, Ground, Request};
use crate::ledger::{Ledger, assert_same};
use crate::sighting::Chain;
use crate::team::{self, WORKSPACES};

/// Nobody: sees no notification.
const NOBODY: &str = "nobody";

/// Pushes each workspace's edits, shuffled, into an empty database. Notifications are left out:
/// there the order decides what is allowed (sync contract, 10).
pub(crate) async fn replay(ledgers: &BTreeMap<String, Ledger>, rng: &mut Rng) {
    let fleet = Fleet::start(Ground::File, 1, &WORKSPACES).await;
    let fleet = fleet.expect("a file needs no server");
    for (workspace, ledger) in ledgers {
        let edits = ledger.entries().map(|(_, edit)| edit.clone());
        let mut edits: Vec<_> = edits
            .filter(|edit| edit.key.table != Table::Notifications)
            .collect();
        rng.shuffle(&mut edits);
        let mut rest = &*edits;
        while !rest.is_empty() {
            let (batch, later) = rest.split_at(rng.usize(1..=rest.len().min(100)));
            push(&fleet, workspace, batch).await;
            rest = later;
        }
        let state = ledger.state(ledger.head, NOBODY);
        assert_same(&state, &snapshot(&fleet, workspace).await.items);
    }
}

async fn push(fleet: &Fleet, workspace: &str, batch: &[Edit]) {
    let body = json!({ "scope": { "workspaceId": workspace }, "ops": ops(batch) });
    let answer = send(fleet, workspace, "/api/sync/push", body).await;
    let mut ledger = Ledger::default();
    ledger.acknowledge(batch, &answer);
}

async fn snapshot(fleet: &Fleet, workspace: &str) -> Chain {
    let body = json!({ "scope": { "workspaceId": workspace }, "pageSize": 1000 });
    let answer = send(fleet, workspace, "/api/sync/snapshot", body).await;
    Chain::with(None, &answer)
}

async fn send(
    fleet: &Fleet,
    workspace: &str,
    path: &'static str,
    body: serde_json::Value,
) -> serde_json::Value {
    let request = Request {
        token: team::owner(&fleet.sessions, workspace),
        path,
        body,
    };
    let answer = fleet.deliver(0, &request).await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    answer.json()
}
