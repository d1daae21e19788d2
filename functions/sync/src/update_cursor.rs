//! `POST /api/sync/update-cursor`: a device says how far it has come (sync contract, 14).

use axum::Json as JsonBody;
use axum::extract::State;
use or3_domain::access::Permission;
use or3_domain::limits::Policy;
use or3_domain::sync::json::{Fields, Json, MAX_INTEGER};
use or3_domain::sync::{CursorReport, scope, trimmed_text};
use or3_http::{ApiError, Caller, Context, Limited, OwnOrigin, Remaining};
use serde::Serialize;

use crate::{Ports, body};

pub(crate) const INVALID: &str = "Invalid cursor request";

pub(crate) const POLICY: Policy = Policy::per_minute("sync:cursor", 60);

pub(crate) const CEILING: usize = 64 * 1024;

struct Report {
    workspace: String,
    device_id: String,
    version: i64,
}

impl Report {
    fn of(body: Json<'_>) -> Option<Self> {
        let fields = Fields::of(body)?;
        Some(Self {
            workspace: scope(&fields)?,
            device_id: trimmed_text(fields.get("deviceId"), 256)?,
            version: fields.get("version")?.as_integer_within(0, MAX_INTEGER)?,
        })
    }
}

#[derive(Serialize)]
pub(crate) struct Noted {
    ok: bool,
}

pub(crate) async fn handle(
    _own: OwnOrigin,
    State(ports): State<Ports>,
    context: Context,
    caller: Caller,
    bytes: Limited<CEILING>,
) -> Result<JsonBody<Noted>, ApiError> {
    let report = Report::of(body::json(&bytes.0)?).ok_or_else(|| ApiError::bad_request(INVALID))?;
    let session = caller
        .authorize(Permission::WorkspaceRead, Some(&report.workspace))
        .await?;
    let user = session.user.id.as_str();
    let ticket = ports
        .limits
        .admit(&context, user, POLICY, Remaining::Before)
        .await?;
    let report = CursorReport {
        workspace: session.workspace.id.clone(),
        user: session.user.id.clone(),
        device_id: report.device_id,
        version: report.version,
    };
    match ports.store.update_cursor(&report, ports.clock.now()).await {
        Ok(()) => Ok(JsonBody(Noted { ok: true })),
        Err(error) => {
            ports.limits.refund(user, ticket).await?;
            Err(error.into())
        }
    }
}
