//! `GET` and `POST /api/admin/workspaces`, `GET /api/admin/workspaces/{id}` (auth contract, 3.6).

use std::collections::HashMap;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use or3_domain::admin::WorkspaceSearch;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::workspace::{Description, NameError, NewWorkspace, WorkspaceName};
use or3_http::{ApiError, Limited, SuperChange, SuperOnly, json_of};
use serde::{Deserialize, Serialize};

use crate::Ports;
use crate::add_member::CEILING;
use crate::budget;
use crate::question::Question;
use crate::views::{Details, Listed, Workspace};

/// The longest description as it is sent, in UTF-16 units.
const LONGEST_DESCRIPTION: usize = 1000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    name: Option<String>,
    description: Option<String>,
    owner_user_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Created {
    workspace_id: String,
}

pub(crate) async fn list(
    State(ports): State<Ports>,
    _super: SuperOnly,
    query: Result<Query<HashMap<String, String>>, QueryRejection>,
) -> Result<Json<Listed<Workspace>>, ApiError> {
    let question = Question::of(query);
    let search = WorkspaceSearch {
        text: question.text("search"),
        include_deleted: question.is_true("includeDeleted"),
        page: question.page(),
    };
    let found = ports.directory.workspaces(&search).await?;
    Ok(Json(Listed {
        items: found.items.into_iter().map(Workspace::from).collect(),
        total: found.total,
    }))
}

pub(crate) async fn details(
    State(ports): State<Ports>,
    SuperOnly(caller): SuperOnly,
    Path(id): Path<WorkspaceId>,
) -> Result<Json<Details>, ApiError> {
    budget::count(&ports, &caller.context).await?;
    let found = ports.directory.workspace(&id).await?;
    let found = found.ok_or_else(|| ApiError::not_found().with_message("Workspace not found"))?;
    Ok(Json(found.into()))
}

pub(crate) async fn create(
    State(ports): State<Ports>,
    SuperChange(root, context): SuperChange,
    body: Limited<CEILING>,
) -> Result<Json<Created>, ApiError> {
    budget::count(&ports, &context).await?;
    let (workspace, owner) = wanted(&ports, &body.0)?;
    let deed = ports.deed(&root, &context);
    let directory = &ports.directory;
    directory
        .create_workspace(&workspace, &owner, &deed)
        .await?;
    ports.settle().await;
    Ok(Json(Created {
        workspace_id: workspace.id.into_string(),
    }))
}

fn wanted(ports: &Ports, body: &[u8]) -> Result<(NewWorkspace, UserId), ApiError> {
    let nameless = || ApiError::bad_request("Workspace name is required");
    let wordy = || ApiError::bad_request("Description must be under 1000 characters");
    let body: Body = json_of(body, nameless())?;
    let name = WorkspaceName::parse(body.name.as_deref().unwrap_or_default());
    let name = name.map_err(|error| match error {
        NameError::Blank => nameless(),
        NameError::TooLong => ApiError::bad_request("Workspace name must be under 100 characters"),
    })?;
    let description = body.description.as_deref();
    if description.is_some_and(|text| text.encode_utf16().count() > LONGEST_DESCRIPTION) {
        return Err(wordy());
    }
    let owner = body.owner_user_id.filter(|id| !id.trim().is_empty());
    let owner = owner.ok_or_else(|| ApiError::bad_request("Valid owner user ID is required"))?;
    let workspace = NewWorkspace {
        id: WorkspaceId::new(ports.ids.uuid()),
        name,
        description: Description::parse(description).map_err(|_| wordy())?,
        created_at: ports.clock.now(),
    };
    Ok((workspace, UserId::new(owner)))
}
