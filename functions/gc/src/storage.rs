//! `POST /api/storage/gc/run`: an administrator removes a workspace's blobs that nothing refers to
//! (storage contract, 2.4 and 7.3).

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use or3_domain::access::Permission;
use or3_domain::clock::Clock;
use or3_domain::gc::{BlobCheck, BlobCollector, Collector, LeftoverCollector, Source};
use or3_domain::ids::WorkspaceId;
use or3_domain::limits::{Admission, Policy};
use or3_http::{ApiError, Caller, Limited, OwnOrigin, json_of};
use serde::{Deserialize, Serialize};

use crate::{BlobGc, Ports};

pub(crate) const CEILING: usize = 16 * 1024;

/// How long a request collects; what is left then is the next one's.
const TIME: Duration = Duration::from_secs(10);

/// How many blobs a request removes, when it does not say, and at most.
const USUAL: u32 = 100;
const MOST: u32 = 500;

#[derive(Deserialize)]
pub(crate) struct Request {
    workspace_id: String,
    retention_seconds: Option<f64>,
    limit: Option<f64>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = BlobCollection))]
pub(crate) struct Answer {
    deleted_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    scanned_count: Option<u64>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

/// A request whose numbers make sense.
struct Wish {
    workspace: String,
    retention: Option<Duration>,
    limit: u32,
}

impl Wish {
    fn of(body: &[u8]) -> Result<Self, ApiError> {
        let request: Request = json_of(body, ApiError::bad_request("Invalid request"))?;
        let retention = request.retention_seconds.map(retention).transpose()?;
        let limit = request.limit.map_or(Ok(USUAL), limit)?;
        Ok(Self {
            workspace: request.workspace_id,
            retention,
            limit,
        })
    }
}

/// Zero is a window too: then nothing but rows and URLs protects a blob.
fn retention(seconds: f64) -> Result<Duration, ApiError> {
    let window = Duration::try_from_secs_f64(seconds);
    window.map_err(|_| ApiError::bad_request("Invalid retention_seconds"))
}

fn limit(number: f64) -> Result<u32, ApiError> {
    if !number.is_finite() || number < 1.0 {
        return Err(ApiError::bad_request("Invalid limit"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between one and the most"
    )]
    Ok(number.floor().min(f64::from(MOST)) as u32)
}

pub(crate) async fn run(
    _own: OwnOrigin,
    State(ports): State<Ports>,
    caller: Caller,
    body: Limited<CEILING>,
) -> Result<Json<Answer>, ApiError> {
    let wish = Wish::of(&body.0)?;
    let session = caller
        .authorize(Permission::AdminAccess, Some(&wish.workspace))
        .await?;
    let workspace = session.workspace.id.clone();
    let blob_gc = &ports.blob_gc;
    cool_down(&ports, &workspace).await?;
    if !blob_gc.enabled {
        return Ok(Json(Answer {
            deleted_count: 0,
            scanned_count: None,
            status: "disabled",
            reason: Some("deletion_coordination_required"),
        }));
    }
    let source = Source::Request {
        user: session.user.id.clone(),
        workspace: Some(workspace.clone()),
    };
    let retention = wish.retention.unwrap_or(blob_gc.retention);
    let collector = blob_gc.collector(Arc::clone(&ports.clock), retention);
    let collector = Arc::new(collector.only(workspace, wish.limit));
    let until = ports.clock.now().plus(TIME);
    let run = ports
        .collection
        .pass(collector.clone(), source, until)
        .await?;
    Ok(Json(Answer {
        deleted_count: run.tally().removed,
        scanned_count: Some(collector.scanned()),
        status: "completed",
        reason: None,
    }))
}

/// One run a workspace in every window, whoever asks and wherever (storage contract, 2.4). Like any
/// other request, one that cannot be counted on a full volume passes: it may make room.
async fn cool_down(ports: &Ports, workspace: &WorkspaceId) -> Result<(), ApiError> {
    let window = ports.blob_gc.cooldown;
    if window.is_zero() {
        return Ok(());
    }
    let once = Policy {
        name: "storage:gc",
        max_requests: 1,
        window,
    };
    let (limits, now) = (&ports.limits, ports.clock.now());
    match limits.admission(workspace.as_str(), &once, now).await? {
        None | Some(Admission::Admitted { .. }) => Ok(()),
        Some(Admission::Refused { retry_after }) => {
            let seconds = retry_after.as_millis().div_ceil(1000);
            let text = format!("GC rate limited, wait {seconds} seconds");
            Err(ApiError::new(StatusCode::TOO_MANY_REQUESTS, text))
        }
    }
}

impl BlobGc {
    /// Whatever collects blobs and what is left of them, for the schedule: nothing where blobs may
    /// not be removed.
    pub fn collectors(&self, clock: Arc<dyn Clock>) -> Vec<Arc<dyn Collector>> {
        if !self.enabled {
            return Vec::new();
        }
        let (blobs, claims) = (Arc::clone(&self.blobs), Arc::clone(&self.claims));
        vec![
            Arc::new(self.collector(clock, self.retention)),
            Arc::new(LeftoverCollector::new(blobs, claims, self.retention)),
        ]
    }

    /// The look at all blobs that touches none; it notes damage.
    pub fn check(&self) -> Arc<dyn Collector> {
        Arc::new(BlobCheck::new(
            Arc::clone(&self.blobs),
            Arc::clone(&self.claims),
            Arc::clone(&self.files),
        ))
    }

    fn collector(&self, clock: Arc<dyn Clock>, retention: Duration) -> BlobCollector {
        BlobCollector::new(
            Arc::clone(&self.blobs),
            Arc::clone(&self.claims),
            clock,
            Arc::clone(&self.ids),
            retention,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> Option<String> {
        let wish = Wish::of(body.as_bytes()).err();
        wish.map(|error| error.message().to_owned())
    }

    #[test]
    fn numbers_are_looked_at_one_by_one() {
        let wish = |rest: &str| format!(r#"{{"workspace_id":"ws"{rest}}}"#);
        for odd in ["", "null", "[]", r#"{"workspace_id":1}"#] {
            assert_eq!(refused(odd).as_deref(), Some("Invalid request"), "{odd}");
        }
        for odd in ["-1", "-0.5", "1e300"] {
            let body = wish(&format!(r#","retention_seconds":{odd}"#));
            assert_eq!(refused(&body).as_deref(), Some("Invalid retention_seconds"));
        }
        for odd in ["0", "-1", "0.5"] {
            let body = wish(&format!(r#","limit":{odd}"#));
            assert_eq!(refused(&body).as_deref(), Some("Invalid limit"), "{odd}");
        }
    }

    #[test]
    fn limits_are_whole_and_have_a_cap() {
        let limit = |text: &str| {
            let body = format!(r#"{{"workspace_id":"ws"{text}}}"#);
            Wish::of(body.as_bytes()).ok().map(|wish| wish.limit)
        };
        assert_eq!(limit(""), Some(100));
        assert_eq!(limit(r#","limit":2.9"#), Some(2));
        assert_eq!(limit(r#","limit":501"#), Some(500));
        assert_eq!(limit(r#","limit":null,"retention_seconds":0"#), Some(100));
    }
}
