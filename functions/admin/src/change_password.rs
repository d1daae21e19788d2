//! `POST /api/admin/auth/change-password` (auth contract, 3.5).

use axum::Json;
use axum::extract::State;
use or3_domain::audit::{Action, NewEntry};
use or3_domain::limits::Policy;
use or3_http::{ApiError, Limited, SuperChange, json_of};
use serde::Deserialize;

use crate::Ports;
use crate::add_member::CEILING;
use crate::budget::{count_by, said};
use crate::sign_out::{SUCCESS, Success};

/// A stolen cookie must not be a way to guess the password.
pub(crate) const BUDGET: Policy = Policy::per_minute("admin:change-password", 10);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    current_password: Option<String>,
    new_password: Option<String>,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    SuperChange(root, context): SuperChange,
    body: Limited<CEILING>,
) -> Result<Json<Success>, ApiError> {
    let account = ports.account(&context)?;
    let counted = count_by(&ports, &context, &context.client_key(), BUDGET).await;
    counted.map_err(|refused| said(refused, "Too many requests"))?;
    let missing = || ApiError::bad_request("Current password and new password are required");
    let body: Body = json_of(&body.0, missing())?;
    let given = |text: Option<String>| text.filter(|text| !text.is_empty()).ok_or_else(missing);
    let (current, new) = (given(body.current_password)?, given(body.new_password)?);
    account.change_password(&current, &new).await?;
    let changed = ports.deed(&root, &context);
    let changed = NewEntry::new(changed.at, Action::AdminPasswordChange, &changed.by)
        .from(changed.from.as_deref());
    ports.audit.append(&changed).await?;
    ports.settle().await;
    Ok(SUCCESS)
}
