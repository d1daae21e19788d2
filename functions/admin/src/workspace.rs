//! `GET /api/admin/workspace`: a workspace as whoever administers it sees it (auth contract, 3.6).

use std::collections::HashMap;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use or3_domain::access::{Permission, Role, can};
use or3_domain::admin::WorkspaceDetails;
use or3_domain::auth::Session;
use or3_domain::ids::WorkspaceId;
use or3_http::{AdminCaller, ApiError};
use serde::Serialize;

use crate::Ports;
use crate::question::Question;
use crate::target::unresolved;
use crate::views::{MemberView, members};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    workspace: Named,
    role: Role,
    members: Vec<MemberView>,
    /// Plugins are no part of this build.
    enabled_plugins: [String; 0],
    guest_access_enabled: bool,
}

#[derive(Serialize)]
struct Named {
    id: String,
    name: String,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    caller: AdminCaller,
    query: Result<Query<HashMap<String, String>>, QueryRejection>,
) -> Result<Json<Answer>, ApiError> {
    caller.require_somebody().await?;
    let named = Question::of(query).text("workspaceId");
    let session = caller.session().await?;
    let active = session.map(|session| session.workspace.id.as_str());
    let id = named.as_deref().or(active).ok_or_else(unresolved)?;
    let found = ports.directory.workspace(&WorkspaceId::new(id)).await?;
    if caller.super_admin().is_some() {
        let unknown = || ApiError::not_found().with_message("Workspace not found");
        return Ok(answer(found.ok_or_else(unknown)?, Role::Owner));
    }
    let session = session.ok_or_else(ApiError::unauthorized)?;
    // Whether it exists is told only to whoever may see it.
    let seen = found.and_then(|found| Some((role(session, &found)?, found)));
    let (role, found) = seen.ok_or_else(ApiError::forbidden)?;
    Ok(answer(found, role))
}

/// What the caller is there, if they may look: owners of it, deleted or not, and whoever
/// administers by a grant where they are.
fn role(session: &Session, found: &WorkspaceDetails) -> Option<Role> {
    let subject = session.subject();
    let here = Some(found.summary.id.as_str());
    if can(Some(&subject), Permission::AdminAccess, here).is_ok() {
        return Some(session.role);
    }
    let role = found.role_of(&session.user.id);
    role.filter(|role| *role == Role::Owner)
}

fn answer(found: WorkspaceDetails, role: Role) -> Json<Answer> {
    Json(Answer {
        workspace: Named {
            id: found.summary.id.into_string(),
            name: found.summary.name,
        },
        role,
        members: members(found.members),
        enabled_plugins: [],
        guest_access_enabled: found.guest_access,
    })
}
