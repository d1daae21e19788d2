//! The two endpoints: one request shape, one budget, two things to forget.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use http::StatusCode;
use or3_domain::access::Permission;
use or3_domain::gc::{HistoryCollector, HistoryKept, Source};
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::limits::Policy;
use or3_domain::sync::json::{Fields, Json};
use or3_domain::sync::{History, scope};
use or3_http::{ApiError, Caller, Context, Limited, OwnOrigin, Remaining, Ticket};

use crate::Ports;

/// Both endpoints share it.
pub(crate) const POLICY: Policy = Policy::per_minute("sync:gc", 10);

pub(crate) const CEILING: usize = 64 * 1024;

/// How long a request collects; what is left then is the next one's.
const TIME: Duration = Duration::from_secs(10);

/// The windows that may be asked for, in seconds (sync contract, 15.1).
pub(crate) const SHORTEST: i64 = 3600;
pub(crate) const LONGEST: i64 = 31_536_000;

pub(crate) const INVALID: &str = "Invalid GC request";
pub(crate) const TOO_MANY: &str = "Too many GC requests. Please wait before retrying.";

struct GcRequest {
    workspace: String,
    retention: Duration,
}

impl GcRequest {
    fn of(body: &[u8]) -> Option<Self> {
        let fields = Fields::of(Json::parse(body)?)?;
        let seconds = fields.get("retentionSeconds")?;
        let seconds = seconds.as_integer_within(SHORTEST, LONGEST)?;
        Some(Self {
            workspace: scope(&fields)?,
            retention: Duration::from_secs(seconds.unsigned_abs()),
        })
    }
}

pub(crate) async fn tombstones(
    _own: OwnOrigin,
    State(ports): State<Ports>,
    context: Context,
    caller: Caller,
    body: Limited<CEILING>,
) -> Result<StatusCode, ApiError> {
    let pass = admit(&ports, &context, &caller, &body.0).await?;
    pass.collect(&ports, History::Tombstones).await
}

pub(crate) async fn change_log(
    _own: OwnOrigin,
    State(ports): State<Ports>,
    context: Context,
    caller: Caller,
    body: Limited<CEILING>,
) -> Result<StatusCode, ApiError> {
    let pass = admit(&ports, &context, &caller, &body.0).await?;
    pass.collect(&ports, History::ChangeLog).await
}

/// A request that may go ahead, and is counted.
struct Pass {
    workspace: WorkspaceId,
    retention: Duration,
    user: UserId,
    ticket: Option<Ticket>,
}

async fn admit(
    ports: &Ports,
    context: &Context,
    caller: &Caller,
    body: &[u8],
) -> Result<Pass, ApiError> {
    let request = GcRequest::of(body).ok_or_else(|| ApiError::bad_request(INVALID))?;
    let session = caller
        .authorize(
            Permission::WorkspaceSettingsManage,
            Some(&request.workspace),
        )
        .await?;
    let user = session.user.id.clone();
    let admitted = ports
        .limits
        .admit(context, user.as_str(), POLICY, Remaining::Untold)
        .await;
    Ok(Pass {
        workspace: session.workspace.id.clone(),
        retention: request.retention,
        user,
        ticket: admitted.map_err(in_own_words)?,
    })
}

fn in_own_words(error: ApiError) -> ApiError {
    if error.status() == StatusCode::TOO_MANY_REQUESTS {
        error.with_message(TOO_MANY)
    } else {
        error
    }
}

impl Pass {
    /// One pass in the workspace of the request, whose window holds for devices too (15.2). Only
    /// successes count.
    async fn collect(self, ports: &Ports, history: History) -> Result<StatusCode, ApiError> {
        let kept = HistoryKept {
            retention: self.retention,
            device_expiry: self.retention,
        };
        let store = Arc::clone(&ports.history);
        let collector = HistoryCollector::new(store, history, kept).only(self.workspace.clone());
        let source = Source::Request {
            user: self.user.clone(),
            workspace: Some(self.workspace),
        };
        let until = ports.clock.now().plus(TIME);
        let run = ports.collection.pass(Arc::new(collector), source, until);
        match run.await {
            Ok(_) => Ok(StatusCode::NO_CONTENT),
            Err(error) => {
                let user = self.user.as_str();
                ports.limits.refund(user, self.ticket).await?;
                Err(error.into())
            }
        }
    }
}
