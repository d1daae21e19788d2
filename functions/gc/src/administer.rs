//! `POST /api/admin/gc/run`: an administrator of the deployment collects, or looks at what would
//! go or at what is wrong, without the tools of a cloud.
//!
//! It is for the whole deployment, so that only its administrators may, on purpose and from a page
//! of this host or a command of their own (auth contract, 10.1, 10.3 and 10.9: sensitive).

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use or3_domain::access::Permission;
use or3_domain::audit::{Action, NewEntry};
use or3_domain::gc::Source;
use or3_domain::ids::UserId;
use or3_domain::limits::Policy;
use or3_domain::store::StoreError;
use or3_http::{AdminCaller, ApiError, Intent, Limited, Remaining, json_of};
use serde_json::Value;

use crate::Ports;
use crate::carry_out::{Failed, Report, carry_out};
use crate::wish::Wish;

pub(crate) const POLICY: Policy = Policy::per_minute("admin:gc", 30);

pub(crate) const CEILING: usize = 16 * 1024;

/// How long a request works; the rest is the next one's.
const TIME: Duration = Duration::from_secs(10);

pub(crate) async fn handle(
    State(ports): State<Ports>,
    Intent(caller): Intent,
    body: Limited<CEILING>,
) -> Result<Json<Report>, ApiError> {
    let user = administrator(&ports, &caller).await?;
    let body: Value = json_of(&body.0, invalid())?;
    let wish = Wish::of(&body).map_err(|_| invalid())?;
    if matches!(wish, Wish::Verify(_)) && !ports.storage_enabled {
        return Err(storage_off());
    }
    // A collection changes the deployment, a look does not: its record says who looked.
    let untold = if matches!(wish, Wish::Collect(_)) {
        let ip = caller.context.client_ip().map(|ip| ip.to_string());
        let entry = NewEntry::new(ports.clock.now(), Action::Collection, user.as_str());
        told(&ports, entry.from(ip.as_deref())).await?
    } else {
        None
    };
    let source = Source::Request {
        user,
        workspace: None,
    };
    let check = ports.blob_gc.check();
    let until = ports.clock.now().plus(TIME);
    let report = carry_out(&ports.collection, &check, wish, source, until).await;
    if let Some(entry) = untold {
        told_late(&ports, entry).await?;
    }
    report.map(Json).map_err(|failed| match failed {
        Failed::Cursor(_) => invalid(),
        Failed::Store(error) => error.into(),
    })
}

/// Writes `entry` down. On a full volume, which nothing but a collection may heal, that is for
/// later: then it comes back.
async fn told(ports: &Ports, entry: NewEntry) -> Result<Option<NewEntry>, ApiError> {
    match ports.audit.append(&entry).await {
        Ok(()) => Ok(None),
        Err(StoreError::Full(found)) => {
            tracing::warn!(%found, user.id = entry.actor, "no room yet to write a collection down");
            Ok(Some(entry))
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes `entry` down in the room that the collection has made. If it made none, the log has it.
async fn told_late(ports: &Ports, entry: NewEntry) -> Result<(), ApiError> {
    if let Some(entry) = told(ports, entry).await? {
        let (action, actor) = (entry.action.as_str(), entry.actor);
        tracing::error!(
            action,
            user.id = actor,
            "an entry of the audit trail is lost"
        );
    }
    Ok(())
}

/// Who may, within their budget. The super admin goes by their name (auth contract, 10.1).
async fn administrator(ports: &Ports, caller: &AdminCaller) -> Result<UserId, ApiError> {
    let limits = &ports.limits;
    if let Some(admin) = caller.super_admin() {
        let name = admin.username.as_str();
        limits
            .admit(&caller.context, name, POLICY, Remaining::Untold)
            .await?;
        return Ok(UserId::new(name));
    }
    let budget = (POLICY, Remaining::Untold);
    let session = caller
        .caller
        .authorize_within(limits, budget, Permission::AdminAccess, None)
        .await?;
    Ok(session.user.id.clone())
}

/// There are no files to look at.
pub(crate) fn storage_off() -> ApiError {
    ApiError::bad_request("Storage is switched off")
}

pub(crate) fn invalid() -> ApiError {
    ApiError::bad_request("Invalid request")
}
