//! The port through which everybody and everything of a deployment is seen and changed (auth
//! contract, 3.6 and 10.10).

use async_trait::async_trait;

use super::error::DirectoryError;
use crate::access::Role;
use crate::clock::Timestamp;
use crate::ids::{UserId, WorkspaceId};
use crate::store::StoreError;
use crate::workspace::{Authority, NewWorkspace, WorkspaceError};

/// A page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Which, from 1 on.
    pub number: u32,
    /// How many items a page has.
    pub size: u32,
}

/// Which workspaces are looked for. Texts are found anywhere in name or description, whatever the
/// case of ASCII letters, and have no wildcards (auth contract, 17, line 19).
#[derive(Clone, Debug)]
pub struct WorkspaceSearch {
    /// What they have in their name or description.
    pub text: Option<String>,
    /// Deleted ones too.
    pub include_deleted: bool,
    /// Which part of the list.
    pub page: Page,
}

/// Which users are looked for. Texts are found anywhere in address, name or id.
#[derive(Clone, Debug)]
pub struct UserSearch {
    /// What they have in address, name or id.
    pub text: Option<String>,
    /// Which part of the list.
    pub page: Page,
}

/// A part of a list, and how long the whole is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T> {
    /// The items of the page.
    pub items: Vec<T>,
    /// How many there are on all pages.
    pub total: u64,
}

/// A workspace as administrators see it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceSummary {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was deleted, if it is.
    pub deleted_at: Option<Timestamp>,
    /// Its primary owner.
    pub owner: UserId,
    /// That owner's address.
    pub owner_email: Option<String>,
    /// How many members it has.
    pub member_count: u64,
}

/// Somebody in a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: UserId,
    /// Their address.
    pub email: Option<String>,
    /// Their role.
    pub role: Role,
}

/// A workspace with its people, the longest in it first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceDetails {
    /// The workspace.
    pub summary: WorkspaceSummary,
    /// Its people.
    pub members: Vec<Member>,
    /// Whether guests may come in, which clients look at.
    pub guest_access: bool,
}

impl WorkspaceDetails {
    /// The role of `user` in it.
    pub fn role_of(&self, user: &UserId) -> Option<Role> {
        let found = self.members.iter().find(|member| member.user == *user);
        found.map(|member| member.role)
    }
}

/// A user with a grant of administration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Administrator {
    /// Who.
    pub user: UserId,
    /// Their address.
    pub email: Option<String>,
    /// The name to show.
    pub display_name: Option<String>,
    /// When they got the grant.
    pub granted_at: Timestamp,
}

/// A user as administrators see them in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSummary {
    /// Who.
    pub user: UserId,
    /// Their address.
    pub email: Option<String>,
    /// The name to show.
    pub display_name: Option<String>,
    /// When they first came.
    pub created_at: Timestamp,
    /// In how many living workspaces they are.
    pub workspace_count: u64,
    /// Whether they have a grant of administration.
    pub is_admin: bool,
}

/// A deployment in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// People.
    pub users: u64,
    /// Of them, with a grant of administration.
    pub admins: u64,
    /// Living workspaces.
    pub workspaces: u64,
    /// Workspaces that are deleted and can be restored.
    pub deleted_workspaces: u64,
    /// Invites that can be used.
    pub pending_invites: u64,
    /// Sessions of password accounts that live.
    pub sessions: u64,
    /// Changes that all workspaces have taken in their lives.
    pub changes: u64,
    /// What all files weigh, in bytes.
    pub stored_bytes: u64,
}

/// By whom, from where and when something of the deployment is changed, for the audit trail.
#[derive(Clone, Debug)]
pub struct Deed {
    /// The super admin's name.
    pub by: String,
    /// The client's address.
    pub from: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Everybody and everything of a deployment. Each method is one transaction and one round trip;
/// nobody's permission is checked here. What changes something writes an entry of the audit trail in the
/// same transaction.
#[async_trait]
pub trait Directory: Send + Sync {
    /// The workspaces that `search` finds, the newest first.
    async fn workspaces(
        &self,
        search: &WorkspaceSearch,
    ) -> Result<Found<WorkspaceSummary>, StoreError>;

    /// A workspace, deleted or not.
    async fn workspace(&self, id: &WorkspaceId) -> Result<Option<WorkspaceDetails>, StoreError>;

    /// Creates a workspace that `owner` owns; their active one stays. Repeating the call with the
    /// same id changes nothing.
    async fn create_workspace(
        &self,
        workspace: &NewWorkspace,
        owner: &UserId,
        deed: &Deed,
    ) -> Result<(), DirectoryError>;

    /// Marks a workspace as deleted, or as living. Its members find themselves elsewhere
    /// at their next session. An unknown one is passed over silently; one that is so already keeps
    /// its time.
    async fn set_deleted(
        &self,
        workspace: &WorkspaceId,
        deleted: bool,
        deed: &Deed,
    ) -> Result<(), StoreError>;

    /// Says whether guests may come into a living workspace, for an owner of it or the super
    /// admin.
    async fn set_guest_access(
        &self,
        workspace: &WorkspaceId,
        authority: &Authority,
        enabled: bool,
        now: Timestamp,
    ) -> Result<(), WorkspaceError>;

    /// Everybody with a grant, the newest first.
    async fn administrators(&self) -> Result<Vec<Administrator>, StoreError>;

    /// Grants administration to `user`; again is fine.
    async fn grant(&self, user: &UserId, deed: &Deed) -> Result<(), DirectoryError>;

    /// Takes a grant back; without one nothing changes.
    async fn revoke(&self, user: &UserId, deed: &Deed) -> Result<(), StoreError>;

    /// The users that `search` finds, the newest first.
    async fn users(&self, search: &UserSearch) -> Result<Found<UserSummary>, StoreError>;

    /// The deployment in numbers at `now`. None of them takes adding up rows of content.
    async fn overview(&self, now: Timestamp) -> Result<Overview, StoreError>;
}
