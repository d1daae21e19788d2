//! A volume without room (sync contract, 21.1).

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::store::StoreError;
use or3_domain::sync::{
    CursorError, CursorReport, Merged, NextPage, Op, PullPage, PullRequest, SnapshotError,
    SnapshotPage, SnapshotReader, SyncStore, TableSet,
};
use serde_json::json;

use crate::server::{Server, put, send};

/// A store that cannot write, nor read: the answer is the same.
struct Full;

fn full() -> StoreError {
    StoreError::Full("no room".to_owned())
}

#[async_trait]
impl SyncStore for Full {
    async fn push(
        &self,
        _workspace: &WorkspaceId,
        _user: &UserId,
        _ops: &[Op],
        _now: Timestamp,
    ) -> Result<Merged, StoreError> {
        Err(full())
    }

    async fn pull(&self, _request: &PullRequest) -> Result<PullPage, StoreError> {
        Err(full())
    }

    async fn start_snapshot(
        &self,
        _id: &str,
        _reader: &SnapshotReader,
        _tables: TableSet,
        _now: Timestamp,
    ) -> Result<SnapshotPage, StoreError> {
        Err(full())
    }

    async fn snapshot_page(
        &self,
        _page: &NextPage,
        _reader: &SnapshotReader,
        _now: Timestamp,
    ) -> Result<SnapshotPage, SnapshotError> {
        Err(full().into())
    }

    async fn update_cursor(
        &self,
        _report: &CursorReport,
        _now: Timestamp,
    ) -> Result<(), CursorError> {
        Err(full().into())
    }
}

/// Clients of February 2026 count every other failure as an attempt and drop an edit after four.
#[tokio::test]
async fn a_full_volume_is_503_with_a_pause_so_that_no_client_gives_its_edits_up() {
    let server = Server::start().await;
    let alice = server.alice_at(Arc::new(Full));
    let request = json!({
        "scope": { "workspaceId": "ws" }, "ops": [put("k", 1, 1)], "cursor": 0, "limit": 1,
        "pageSize": 1, "deviceId": "d", "version": 0,
    });
    for endpoint in ["push", "pull", "snapshot", "update-cursor"] {
        let answer = send(&alice, endpoint, &request).await;
        assert_eq!(answer.status, 503, "{endpoint}");
        assert_eq!(answer.header("retry-after"), "30");
        assert_eq!(answer.message(), "Service Unavailable");
        assert!(answer.headers.contains_key("x-ratelimit-limit"));
        let kept = answer.header("cache-control").contains("no-store");
        assert_eq!(kept, endpoint != "update-cursor", "{endpoint}");
    }
}
