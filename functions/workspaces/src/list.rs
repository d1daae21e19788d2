//! `GET /api/workspaces`: the newest first.

use axum::Json;
use axum::extract::State;
use or3_domain::access::Role;
use or3_domain::workspace::Listing;
use or3_http::ApiError;
use serde::Serialize;

use crate::Ports;
use crate::member::Member;

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = WorkspaceList))]
pub(crate) struct Answer {
    workspaces: Vec<View>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Workspace))]
#[serde(rename_all = "camelCase")]
struct View {
    id: String,
    name: String,
    description: Option<String>,
    #[cfg_attr(feature = "openapi", schema(schema_with = or3_http::openapi::role))]
    role: Role,
    /// Milliseconds.
    created_at: i64,
    is_active: bool,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    member: Member,
) -> Result<Json<Answer>, ApiError> {
    let listings = ports.workspaces.list(&member.user).await?;
    let workspaces = listings.into_iter().map(view).collect();
    Ok(Json(Answer { workspaces }))
}

fn view(listing: Listing) -> View {
    View {
        id: listing.id.into_string(),
        name: listing.name,
        description: listing.description,
        role: listing.role,
        created_at: listing.created_at.millis(),
        is_active: listing.is_active,
    }
}
