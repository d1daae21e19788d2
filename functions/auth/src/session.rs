//! `GET /api/auth/session`: the session context, or a verified `null` (auth contract, 3.1 and 7).

use axum::Json;
use axum::extract::State;
use http::header::{CACHE_CONTROL, HeaderName, HeaderValue};
use or3_domain::access::{Permission, Role, can};
use or3_domain::auth::Session;
use or3_domain::limits::Policy;
use or3_http::{ApiError, Caller, Context, Remaining};
use serde::Serialize;

use crate::Ports;

pub(crate) const BUDGET: Policy = Policy::per_minute("auth:session", 60);

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SessionAnswer))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    session: Option<View>,
    app_access_allowed: bool,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Session))]
#[serde(rename_all = "camelCase")]
struct View {
    authenticated: bool,
    provider: String,
    provider_user_id: String,
    user: User,
    workspace: Workspace,
    #[cfg_attr(feature = "openapi", schema(schema_with = or3_http::openapi::role))]
    role: Role,
    expires_at: String,
    deployment_admin: bool,
    authorization_revision: i64,
    /// Nothing grants entitlements; the newest client wants the list.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    entitlements: [String; 0],
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SessionUser))]
#[serde(rename_all = "camelCase")]
struct User {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SessionWorkspace))]
struct Workspace {
    id: String,
    name: String,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    context: Context,
    caller: Caller,
) -> Result<Json<Answer>, ApiError> {
    context.set_header(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if !ports.enabled {
        return Ok(Json(answer(None)));
    }
    count(&ports, &context, &caller).await?;
    Ok(Json(answer(caller.session().await?)))
}

/// Takes the place before the session is resolved, so that requests that arrive together cannot
/// exceed the budget. People with a valid access token have one of their own, wherever they are.
async fn count(ports: &Ports, context: &Context, caller: &Caller) -> Result<(), ApiError> {
    let accounts = ports.accounts.as_ref();
    let account = accounts.and_then(|accounts| accounts.claimed(caller.credentials()));
    let subject = account.map_or_else(
        || context.client_key(),
        |account| format!("account:{account}"),
    );
    let admitted = ports
        .limits
        .admit(context, &subject, BUDGET, Remaining::After)
        .await?;
    if admitted.is_none() {
        let header = HeaderName::from_static;
        let limit = HeaderValue::from(BUDGET.max_requests);
        context.set_header(header("x-ratelimit-limit"), limit);
        let unlimited = HeaderValue::from_static("Infinity");
        context.set_header(header("x-ratelimit-remaining"), unlimited);
    }
    Ok(())
}

fn answer(session: Option<&Session>) -> Answer {
    let own = session.map(|session| session.workspace.id.as_str());
    let subject = session.map(Session::subject);
    Answer {
        session: session.map(view),
        app_access_allowed: can(subject.as_ref(), Permission::WorkspaceRead, own).is_ok(),
    }
}

fn view(session: &Session) -> View {
    View {
        authenticated: true,
        provider: session.provider.clone(),
        provider_user_id: session.provider_user_id.clone(),
        user: User {
            id: session.user.id.to_string(),
            email: session.user.email.clone(),
            display_name: session.user.display_name.clone(),
        },
        workspace: Workspace {
            id: session.workspace.id.to_string(),
            name: session.workspace.name.clone(),
        },
        role: session.role,
        expires_at: session.expires_at.to_iso(),
        deployment_admin: session.deployment_admin,
        authorization_revision: session.authorization_revision,
        entitlements: [],
    }
}
