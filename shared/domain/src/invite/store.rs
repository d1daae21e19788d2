//! The port behind which invites live.

use async_trait::async_trait;

use super::error::InviteError;
use crate::access::Role;
use crate::auth::Email;
use crate::clock::Timestamp;
use crate::ids::{UserId, WorkspaceId};
use crate::workspace::Authority;

/// What became of an invite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InviteStatus {
    /// It can be used.
    Pending,
    /// It was used.
    Accepted,
    /// An owner took it back.
    Revoked,
    /// Nobody used it in time.
    Expired,
}

impl InviteStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Accepted, Self::Revoked, Self::Expired];

    /// The word on the wire and in rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }

    /// The status of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// An invite that does not exist yet.
#[derive(Clone, Debug)]
pub struct NewInvite {
    /// Its id, new.
    pub id: String,
    /// The workspace to join.
    pub workspace: WorkspaceId,
    /// Whose it is; an address may have several.
    pub email: Email,
    /// The role that it gives.
    pub role: Role,
    /// Who makes it.
    pub invited_by: Authority,
    /// The digest of its token.
    pub token_hash: String,
    /// When it is made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// An invite as its workspace's owners see it. The token's digest stays inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// Its id.
    pub id: String,
    /// The workspace to join.
    pub workspace: WorkspaceId,
    /// Whose it is.
    pub email: String,
    /// The role that it gives.
    pub role: Role,
    /// What became of it.
    pub status: InviteStatus,
    /// The owner who made it, or the super admin's name.
    pub invited_by: UserId,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was used.
    pub accepted_at: Option<Timestamp>,
    /// Who used it.
    pub accepted_by: Option<UserId>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its status last changed.
    pub updated_at: Timestamp,
}

/// Invites (auth contract, 7.7). Each method is one transaction and one round trip; those that
/// act for somebody check inside it that their authority reaches the living workspace.
#[async_trait]
pub trait InviteStore: Send + Sync {
    /// Adds `invite`.
    async fn create(&self, invite: &NewInvite) -> Result<(), InviteError>;

    /// The newest `limit` invites of `workspace`, those of `status` if one is named. Overdue ones
    /// are marked as expired first.
    async fn list(
        &self,
        workspace: &WorkspaceId,
        authority: &Authority,
        status: Option<InviteStatus>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Invite>, InviteError>;

    /// Takes an invite back if it is pending; otherwise nothing changes.
    async fn revoke(
        &self,
        workspace: &WorkspaceId,
        authority: &Authority,
        id: &str,
        now: Timestamp,
    ) -> Result<(), InviteError>;
}
