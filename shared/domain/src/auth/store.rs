//! The ports behind which accounts, refresh sessions and session contexts live.

use async_trait::async_trait;

use super::account::{Account, Credential, LiveSession, NewAccount, NewSession, SessionRow};
use super::email::Email;
use super::session::{UserProfile, WorkspaceRef};
use crate::access::Role;
use crate::clock::Timestamp;
use crate::ids::{AccountId, SessionId, UserId, WorkspaceId};
use crate::store::StoreError;

/// A rotation that is asked for: what must still be so, and what becomes of it.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// The session whose token was presented.
    pub session: SessionId,
    /// The digest of that token.
    pub presented_hash: String,
    /// The row that takes its place; it carries account and token version.
    pub successor: NewSession,
    /// Until when the old token may still be presented.
    pub grace_until: Timestamp,
    /// The successor's refresh token, sealed.
    pub sealed: String,
}

/// What stands after a rotation was asked for, whether it happened or not.
#[derive(Clone, Debug)]
pub struct Rotated {
    /// The account, if it exists and has the token version that was presented.
    pub account: Option<Account>,
    /// The presented session's row and its successors, in order.
    pub chain: Vec<SessionRow>,
}

/// A hash that takes the place of an outdated one.
#[derive(Clone)]
pub struct Rehash {
    /// The hash that was verified.
    pub old: String,
    /// The hash of the same password at today's cost.
    pub new: String,
}

/// An invite that somebody presents: its token is signed, not over, and for their address.
#[derive(Clone, Copy, Debug)]
pub struct PresentedInvite<'a> {
    /// The workspace that the token names.
    pub workspace: &'a WorkspaceId,
    /// The address that the token and the account agree on.
    pub email: &'a Email,
    /// The token's digest.
    pub token_hash: &'a str,
}

/// What became of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// The account exists now, with its session.
    Created,
    /// The address has an account already; nothing changed.
    Taken,
    /// The invite cannot be used any more; nothing changed.
    InviteRefused,
}

/// Password accounts and their refresh sessions. Each method is one transaction and one round
/// trip.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// The account with this address.
    async fn find_by_email(&self, email: &Email) -> Result<Option<Credential>, StoreError>;

    /// The account with this id.
    async fn find(&self, account: &AccountId) -> Result<Option<Credential>, StoreError>;

    /// Creates `account` with its first session, both or neither. Of several calls with one
    /// address, one wins. Where an invite is presented, it must be usable then; it stays unused
    /// until the first session of the account.
    async fn register(
        &self,
        account: &NewAccount,
        session: Option<&NewSession>,
        invite: Option<PresentedInvite<'_>>,
    ) -> Result<Registered, StoreError>;

    /// Opens a session if the account still has the token version that it names, and says
    /// whether it did. `rehash` replaces the stored hash in the same transaction if that is
    /// still the one that was verified.
    async fn open_session(
        &self,
        session: &NewSession,
        rehash: Option<&Rehash>,
    ) -> Result<bool, StoreError>;

    /// Rotates a session if it is live, its token is the presented one, and the account has the
    /// successor's token version: one of any number of calls in any number of processes does.
    /// An overdue row is stamped as revoked. Returns what stands afterwards, for
    /// [`refresh::decide`](super::refresh::decide).
    async fn rotate(&self, rotation: &Rotation) -> Result<Rotated, StoreError>;

    /// Revokes the living ones among `sessions` of `account`, which signed out, with whatever
    /// rotation made of them: a renewal may be on its way at the same time. Other sessions go on.
    /// Repeating it changes nothing.
    async fn revoke(
        &self,
        account: &AccountId,
        sessions: &[SessionId],
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Revokes every session of `account`, one of whose tokens was replayed, and drops all kept
    /// grace tokens (auth contract, 5.4). The token version stays. Repeating it changes nothing.
    async fn revoke_all(&self, account: &AccountId, now: Timestamp) -> Result<(), StoreError>;

    /// The sessions of `account` that live at `now`, the one that was renewed last first.
    async fn live_sessions(
        &self,
        account: &AccountId,
        now: Timestamp,
    ) -> Result<Vec<LiveSession>, StoreError>;

    /// Revokes `session` of `account` with whatever rotation made of it, and says whether the
    /// account has or had such a session. Repeating it changes nothing.
    async fn end_session(
        &self,
        account: &AccountId,
        session: &SessionId,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Revokes every living session of `account` but `kept`, and says how many those were.
    /// Repeating it changes nothing.
    async fn end_other_sessions(
        &self,
        account: &AccountId,
        kept: &SessionId,
        now: Timestamp,
    ) -> Result<u64, StoreError>;

    /// Replaces the password hash of the account if it still has this token version, voids all
    /// its tokens by a new version, revokes all sessions (5.6), and says whether it did.
    async fn change_password(
        &self,
        account: &Account,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError>;
}

/// A session that a valid access token names.
#[derive(Clone, Copy, Debug)]
pub struct Claimed<'a> {
    /// The session row.
    pub session: &'a SessionId,
    /// The account.
    pub account: &'a AccountId,
    /// The token version.
    pub token_version: i64,
}

/// What the rows say of a living session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The account.
    pub account: Account,
    /// The user behind it, once provisioned.
    pub user: Option<UserId>,
    /// Where the user stands; `None` without a user, or when the active workspace is gone or no
    /// longer theirs.
    pub home: Option<Home>,
}

/// A user's place in the active workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// The user.
    pub user: UserId,
    /// The active workspace.
    pub workspace: WorkspaceRef,
    /// The role there.
    pub role: Role,
    /// Holds a deployment-wide administration grant.
    pub deployment_admin: bool,
    /// Grows whenever data that shapes this user's access changes.
    pub authorization_revision: i64,
}

/// An identity that a provider vouches for.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The provider's id.
    pub provider: &'static str,
    /// The identity there.
    pub provider_user_id: String,
    /// The address, kept when the user is created.
    pub email: Option<String>,
    /// The name, kept when the user is created.
    pub display_name: Option<String>,
}

/// A user as their identity finds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Who they are, as kept when they first came.
    pub user: UserProfile,
    /// Where they stand; `None` when the active workspace is gone or no longer theirs.
    pub home: Option<Home>,
}

/// Ids for what a provisioning may have to create.
#[derive(Clone, Debug)]
pub struct FreshIds {
    /// For a new user.
    pub user: UserId,
    /// For a new default workspace.
    pub workspace: WorkspaceId,
}

/// Session contexts: who is behind a session, and where they stand (auth contract, 7.3). Each
/// method is one transaction and one round trip.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// The standing of a session that is live at `now` and whose account has the claimed token
    /// version; otherwise `None`.
    async fn standing(
        &self,
        claimed: Claimed<'_>,
        now: Timestamp,
    ) -> Result<Option<Standing>, StoreError>;

    /// The user behind an identity that was proved elsewhere; `None` before its provisioning.
    async fn known(&self, identity: &Identity) -> Result<Option<Known>, StoreError>;

    /// The place of `identity`, created as far as it is missing: the user, a valid active
    /// workspace (the oldest membership), or else a new workspace `My Workspace` that they own.
    /// Any number of calls at once, in any number of processes, make one user and one workspace.
    async fn provision(
        &self,
        identity: &Identity,
        fresh: &FreshIds,
        now: Timestamp,
    ) -> Result<Home, StoreError>;

    /// Uses `invite` for `identity`: user, mapping, membership with the invited role, the
    /// workspace as the active one, and the invite as accepted; all or nothing. `None` when they
    /// cannot use it. Repeated and simultaneous calls of one identity all get the same place.
    async fn accept_invite(
        &self,
        invite: PresentedInvite<'_>,
        identity: &Identity,
        fresh: &FreshIds,
        now: Timestamp,
    ) -> Result<Option<Home>, StoreError>;
}
