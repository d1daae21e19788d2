//! `GET /api/admin/admin-users`, `POST /api/admin/admin-users/{grant,revoke}`: users who administer
//! the deployment by a grant (auth contract, 3.6). Both count from the user's next request on.

use axum::Json;
use axum::extract::State;
use or3_domain::admin::Administrator;
use or3_domain::ids::UserId;
use or3_http::{ApiError, Limited, SuperChange, SuperOnly, json_of};
use serde::{Deserialize, Serialize};

use crate::Ports;
use crate::add_member::CEILING;
use crate::budget;
use crate::sign_out::{SUCCESS, Success};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    user_id: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Granted {
    admins: Vec<View>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View {
    user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    /// Milliseconds.
    created_at: i64,
}

pub(crate) async fn list(
    State(ports): State<Ports>,
    _super: SuperOnly,
) -> Result<Json<Granted>, ApiError> {
    let view = |admin: Administrator| View {
        user_id: admin.user.into_string(),
        email: admin.email,
        display_name: admin.display_name,
        created_at: admin.granted_at.millis(),
    };
    let admins = ports.directory.administrators().await?;
    let admins = admins.into_iter().map(view).collect();
    Ok(Json(Granted { admins }))
}

pub(crate) async fn grant(
    State(ports): State<Ports>,
    SuperChange(root, context): SuperChange,
    body: Limited<CEILING>,
) -> Result<Json<Success>, ApiError> {
    budget::count(&ports, &context).await?;
    let user = user(&body.0)?;
    let deed = ports.deed(&root, &context);
    ports.directory.grant(&user, &deed).await?;
    ports.settle().await;
    Ok(SUCCESS)
}

pub(crate) async fn revoke(
    State(ports): State<Ports>,
    SuperChange(root, context): SuperChange,
    body: Limited<CEILING>,
) -> Result<Json<Success>, ApiError> {
    budget::count(&ports, &context).await?;
    let user = user(&body.0)?;
    let deed = ports.deed(&root, &context);
    ports.directory.revoke(&user, &deed).await?;
    ports.settle().await;
    Ok(SUCCESS)
}

fn user(body: &[u8]) -> Result<UserId, ApiError> {
    let missing = || ApiError::bad_request("User ID is required");
    let body: Body = json_of(body, missing())?;
    let given = body.user_id.filter(|id| !id.trim().is_empty());
    Ok(UserId::new(given.ok_or_else(missing)?))
}
