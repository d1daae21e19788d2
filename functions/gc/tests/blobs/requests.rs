//! `POST /api/storage/gc/run` (storage contract, 2.4).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use or3_domain::access::Role;
use or3_domain::auth::Session;
use or3_domain::clock::Timestamp;
use or3_domain::gc::{Ended, Source};
use or3_domain::limits::{Admission, Policy, RateLimiter};
use or3_domain::store::StoreError;
use or3_testkit::session;
use serde_json::json;

use crate::depot::{DAY, Depot, RETENTION};

const PATH: &str = "/api/storage/gc/run";

fn administrator(role: Role) -> Session {
    let mut session = session("root", "ws", role);
    session.deployment_admin = true;
    session
}

#[tokio::test]
async fn an_administrator_removes_what_nothing_refers_to_and_hears_how_many() {
    let depot = Depot::new().await;
    let kept = depot.file("kept").await;
    depot.list(kept, false).await;
    for number in 0..5 {
        depot.upload(&format!("file {number}")).await;
    }
    depot.later(RETENTION + DAY);
    let root = depot.client(depot.ports(), administrator(Role::Viewer));
    let answer = root
        .post(PATH, &json!({ "workspace_id": "ws", "limit": 2 }))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    let wanted = json!({ "deleted_count": 2, "scanned_count": 2, "status": "completed" });
    assert_eq!(answer.json(), wanted);
    depot.later(Duration::from_mins(1));
    let rest = root.post(PATH, &json!({ "workspace_id": "ws" })).await;
    assert_eq!(rest.json()["deleted_count"], 3);
    assert!(depot.has(kept).await);
    let runs = depot.state.gc_ledger().list(None, 9).await.expect("listed");
    let Source::Request { user, workspace } = &runs[0].source else {
        panic!("{runs:?}");
    };
    assert_eq!(
        (user.as_str(), workspace.as_ref()),
        ("root", Some(&crate::depot::ws()))
    );
    assert_eq!(
        (runs[0].ended, runs[0].tally().removed),
        (Ended::Completed, 3)
    );
}

/// Counts nothing, for there is no room.
struct Full;

#[async_trait]
impl RateLimiter for Full {
    async fn admit(
        &self,
        _subject: &str,
        _policy: &Policy,
        _now: Timestamp,
    ) -> Result<Admission, StoreError> {
        Err(StoreError::Full("no room".to_owned()))
    }

    async fn refund(
        &self,
        _subject: &str,
        _policy: &Policy,
        _counted_at: Timestamp,
    ) -> Result<(), StoreError> {
        Ok(())
    }

    async fn clear(&self, _subject: &str, _policy: &Policy) -> Result<(), StoreError> {
        Ok(())
    }
}

#[tokio::test]
async fn what_cannot_be_counted_collects() {
    let depot = Depot::new().await;
    depot.upload("one").await;
    depot.later(RETENTION + DAY);
    let mut ports = depot.ports();
    ports.limits.limiter = Arc::new(Full);
    let root = depot.client(ports, administrator(Role::Owner));
    let answer = root.post(PATH, &json!({ "workspace_id": "ws" })).await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    assert_eq!(answer.json()["deleted_count"], 1);
}

#[tokio::test]
async fn a_window_of_its_own_may_be_nothing() {
    let depot = Depot::new().await;
    depot.upload("one").await;
    let root = depot.client(depot.ports(), administrator(Role::Owner));
    let usual = json!({ "workspace_id": "ws" });
    assert_eq!(root.post(PATH, &usual).await.json()["deleted_count"], 0);
    depot.later(Duration::from_mins(1));
    let nothing = json!({ "workspace_id": "ws", "retention_seconds": 0 });
    assert_eq!(root.post(PATH, &nothing).await.json()["deleted_count"], 1);
}

#[tokio::test]
async fn the_grant_decides_and_not_the_role() {
    let depot = Depot::new().await;
    let body = json!({ "workspace_id": "ws" });
    for role in [Role::Owner, Role::Editor, Role::Viewer] {
        let client = depot.client(depot.ports(), session("ada", "ws", role));
        assert_eq!(client.post(PATH, &body).await.status, 403);
    }
    let root = depot.client(depot.ports(), administrator(Role::Owner));
    assert_eq!(root.signed_in("nobody").post(PATH, &body).await.status, 401);
    let elsewhere = json!({ "workspace_id": "other" });
    assert_eq!(root.post(PATH, &elsewhere).await.status, 403);
    assert_eq!(root.post(PATH, &json!({})).await.status, 400);
    let foreign = root.with_header("origin", "https://evil.example");
    assert_eq!(foreign.post(PATH, &body).await.status, 403);
    assert_eq!(root.post(PATH, &body).await.status, 200);
}

#[tokio::test]
async fn a_workspace_waits_a_minute_whoever_asks_and_in_whatever_process() {
    let depot = Depot::new().await;
    let body = json!({ "workspace_id": "ws" });
    let root = depot.client(depot.ports(), administrator(Role::Owner));
    assert_eq!(root.post(PATH, &body).await.status, 200);
    depot.later(Duration::from_millis(100));
    let other = depot.client(depot.ports(), administrator(Role::Owner));
    let refused = other.post(PATH, &body).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.message(), "GC rate limited, wait 60 seconds");
    assert!(refused.headers.get("retry-after").is_none());
    depot.later(Duration::from_mins(1));
    assert_eq!(other.post(PATH, &body).await.status, 200);
}

#[tokio::test]
async fn switched_off_it_says_so_and_keeps_everything() {
    let depot = Depot::new().await;
    let hash = depot.upload("one").await;
    depot.later(RETENTION * 9);
    let mut ports = depot.ports();
    ports.blob_gc.enabled = false;
    let root = depot.client(ports.clone(), administrator(Role::Owner));
    let answer = root.post(PATH, &json!({ "workspace_id": "ws" })).await;
    let reason = "deletion_coordination_required";
    let wanted = json!({ "deleted_count": 0, "status": "disabled", "reason": reason });
    assert_eq!(answer.json(), wanted);
    assert!(depot.has(hash).await);
    ports.storage_enabled = false;
    let root = depot.client(ports, administrator(Role::Owner));
    assert_eq!(root.post(PATH, &json!({})).await.status, 404);
}
