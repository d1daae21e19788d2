//! `POST /api/admin/workspace/members/upsert`: somebody who is known here becomes a member, or a
//! member gets another role (auth contract, 10.10 and 18, 3).

use axum::Json;
use axum::extract::State;
use or3_domain::access::Role;
use or3_domain::workspace::Person;
use or3_http::{ApiError, Intent, Limited, json_of};
use serde::{Deserialize, Serialize};

use crate::Ports;
use crate::target::Target;

/// Room for every body of this function.
pub(crate) const CEILING: usize = 16 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    email_or_provider_id: String,
    role: Role,
    provider: Option<String>,
    workspace_id: Option<String>,
}

/// `{"ok":true}`.
#[derive(Serialize)]
pub(crate) struct Done {
    pub(crate) ok: bool,
}

pub(crate) fn invalid() -> ApiError {
    ApiError::bad_request("Invalid request")
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    Intent(caller): Intent,
    body: Limited<CEILING>,
) -> Result<Json<Done>, ApiError> {
    let body: Body = json_of(&body.0, invalid())?;
    let target = Target::of(&caller, body.workspace_id.as_deref()).await?;
    if body.email_or_provider_id.trim().is_empty() {
        return Err(invalid());
    }
    let person = Person::parse(&body.email_or_provider_id, body.provider.as_deref());
    let now = ports.clock.now();
    ports
        .members
        .add(
            &target.workspace,
            &target.authority,
            &person,
            body.role,
            now,
        )
        .await?;
    ports.settle_for(&target.authority).await;
    Ok(Json(Done { ok: true }))
}
