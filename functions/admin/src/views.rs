//! How people and workspaces look in answers (auth contract, 3.6). Moments are milliseconds.

use or3_domain::access::Role;
use or3_domain::admin::{Member, UserSummary, WorkspaceDetails, WorkspaceSummary};
use or3_domain::clock::Timestamp;
use serde::Serialize;

/// A workspace in a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Workspace {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    created_at: i64,
    deleted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_at: Option<i64>,
    owner_user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_email: Option<String>,
    member_count: u64,
}

impl From<WorkspaceSummary> for Workspace {
    fn from(summary: WorkspaceSummary) -> Self {
        Self {
            id: summary.id.into_string(),
            name: summary.name,
            description: summary.description,
            created_at: summary.created_at.millis(),
            deleted: summary.deleted_at.is_some(),
            deleted_at: summary.deleted_at.map(Timestamp::millis),
            owner_user_id: summary.owner.into_string(),
            owner_email: summary.owner_email,
            member_count: summary.member_count,
        }
    }
}

/// A workspace with its people.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Details {
    #[serde(flatten)]
    workspace: Workspace,
    members: Vec<MemberView>,
    guest_access_enabled: bool,
}

impl From<WorkspaceDetails> for Details {
    fn from(details: WorkspaceDetails) -> Self {
        Self {
            workspace: details.summary.into(),
            members: members(details.members),
            guest_access_enabled: details.guest_access,
        }
    }
}

/// Somebody in a workspace.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MemberView {
    user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    role: Role,
}

pub(crate) fn members(members: Vec<Member>) -> Vec<MemberView> {
    let view = |member: Member| MemberView {
        user_id: member.user.into_string(),
        email: member.email,
        role: member.role,
    };
    members.into_iter().map(view).collect()
}

/// Somebody who was looked for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Hit {
    user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
}

/// Somebody in a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    #[serde(flatten)]
    who: Hit,
    created_at: i64,
    workspace_count: u64,
    is_admin: bool,
}

impl From<UserSummary> for User {
    fn from(user: UserSummary) -> Self {
        Self {
            created_at: user.created_at.millis(),
            workspace_count: user.workspace_count,
            is_admin: user.is_admin,
            who: user.into(),
        }
    }
}

impl From<UserSummary> for Hit {
    fn from(user: UserSummary) -> Self {
        Self {
            user_id: user.user.into_string(),
            email: user.email,
            display_name: user.display_name,
        }
    }
}

/// A page of a list.
#[derive(Serialize)]
pub(crate) struct Listed<T> {
    pub(crate) items: Vec<T>,
    pub(crate) total: u64,
}
