//! Password accounts and their session rows, as values.

use super::email::Email;
use super::session::Origin;
use crate::clock::Timestamp;
use crate::ids::{AccountId, SessionId};

/// A password account of the basic-auth provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id; the identity that users are mapped from.
    pub id: AccountId,
    /// The address in its normal form.
    pub email: String,
    /// The name to show, when given.
    pub display_name: Option<String>,
    /// Tokens of another version are void.
    pub token_version: i64,
}

/// An account with what proves it.
#[derive(Clone)]
pub struct Credential {
    /// The account.
    pub account: Account,
    /// The stored hash of its password.
    pub password_hash: String,
}

/// An account that does not exist yet.
#[derive(Clone)]
pub struct NewAccount {
    /// Its id.
    pub id: AccountId,
    /// Its address.
    pub email: Email,
    /// The hash of its password.
    pub password_hash: String,
    /// The name to show.
    pub display_name: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A session row that does not exist yet.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its id, new.
    pub id: SessionId,
    /// Its account.
    pub account: AccountId,
    /// The account's token version that it is opened under.
    pub token_version: i64,
    /// The digest of its refresh token.
    pub refresh_hash: String,
    /// When it is opened.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Where it was opened from.
    pub origin: Origin,
}

/// A session row as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// Its account.
    pub account: AccountId,
    /// The digest of its refresh token.
    pub refresh_hash: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was signed out, rotated away or revoked.
    pub revoked_at: Option<Timestamp>,
    /// The row that rotation made of it.
    pub replaced_by: Option<SessionId>,
    /// Until when its token may still be presented after a rotation.
    pub grace_until: Option<Timestamp>,
    /// Its successor's refresh token, sealed.
    pub sealed: Option<String>,
}

/// A session that lives, as its owner sees it among their sessions.
#[derive(Clone, Debug)]
pub struct LiveSession {
    /// Its row; rotation gives it another.
    pub id: SessionId,
    /// When the password was given that it goes back to.
    pub signed_in_at: Timestamp,
    /// When its tokens were last renewed.
    pub renewed_at: Timestamp,
    /// When it ends unless it is renewed.
    pub expires_at: Timestamp,
    /// Where it was renewed from.
    pub origin: Origin,
}
