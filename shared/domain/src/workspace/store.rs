//! The port behind which workspaces and memberships live.

use async_trait::async_trait;

use super::authority::Authority;
use super::error::WorkspaceError;
use super::members::{Change, MemberError, Person};
use super::name::{Description, WorkspaceName};
use crate::access::Role;
use crate::clock::Timestamp;
use crate::ids::{UserId, WorkspaceId};
use crate::store::StoreError;

/// A workspace as one of its members sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// The member's role.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether it is the member's active workspace.
    pub is_active: bool,
}

/// A workspace that does not exist yet.
#[derive(Clone, Debug)]
pub struct NewWorkspace {
    /// Its id, new.
    pub id: WorkspaceId,
    /// Its name; names need not be unique.
    pub name: WorkspaceName,
    /// Its description.
    pub description: Description,
    /// When it is made.
    pub created_at: Timestamp,
}

/// Workspaces by the rules of the auth contract, 9. Each method is one transaction and one round
/// trip, and checks the acting user's role in the target inside that transaction.
#[async_trait]
pub trait WorkspaceStore: Send + Sync {
    /// The workspaces of `user` that are not deleted, the newest first.
    async fn list(&self, user: &UserId) -> Result<Vec<Listing>, StoreError>;

    /// Creates `workspace` with `user` as its owner. The active workspace stays. Repeating the
    /// call with the same id changes nothing.
    async fn create(&self, workspace: &NewWorkspace, user: &UserId) -> Result<(), StoreError>;

    /// Gives a workspace another name and description; owners and editors may. A deleted one is
    /// left as it is, silently.
    async fn rename(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        name: &WorkspaceName,
        description: &Description,
    ) -> Result<(), WorkspaceError>;

    /// Marks a workspace as deleted and moves everybody whose active workspace it was to another
    /// of theirs, or to none; owners may. Rows and memberships stay. Repeating it renews the time.
    async fn delete(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        now: Timestamp,
    ) -> Result<(), WorkspaceError>;

    /// Ends the membership of `user`, who must be a member of the living workspace and not its last
    /// owner. If it was their active one, they move to another of theirs, or to none; if they were its
    /// primary owner, another owner takes that place.
    async fn leave(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        now: Timestamp,
    ) -> Result<(), WorkspaceError>;

    /// Makes a workspace the active one of `user`, who must be a member of it; it must not be
    /// deleted.
    async fn set_active(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
    ) -> Result<(), WorkspaceError>;
}

/// Memberships, as owners and the super admin change them (auth contract, 10.10). Each method is one
/// transaction and one round trip, and checks inside it that `authority` reaches the living workspace. A workspace always
/// keeps an owner; when its primary owner stops being one, another takes that place.
#[async_trait]
pub trait MemberStore: Send + Sync {
    /// Makes somebody who is known here a member, or gives a member another role.
    async fn add(
        &self,
        workspace: &WorkspaceId,
        authority: &Authority,
        person: &Person,
        role: Role,
        now: Timestamp,
    ) -> Result<(), MemberError>;

    /// Changes a membership at `now`.
    async fn change(
        &self,
        workspace: &WorkspaceId,
        authority: &Authority,
        change: &Change,
        now: Timestamp,
    ) -> Result<(), MemberError>;
}
