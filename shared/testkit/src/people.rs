//! Accounts, identities and sessions to fill stores with.

use std::time::Duration;

use or3_domain::auth::{
    Email, FreshIds, Identity, NewAccount, NewSession, Origin, PROVIDER, Rotation,
};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{AccountId, SessionId, UserId, WorkspaceId};

/// When everything in a suite begins: 2026-01-01T00:00:00Z.
pub(crate) const START: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// A valid address.
pub(crate) fn email(name: &str) -> Email {
    Email::normalized(&format!("{name}@example.test"))
}

/// The account `name` with the address `name@example.test`.
pub(crate) fn account(name: &str) -> NewAccount {
    NewAccount {
        id: AccountId::new(name),
        email: email(name),
        password_hash: format!("hash of {name}"),
        display_name: None,
        created_at: START,
    }
}

/// A session of the account `name` for an hour, with the token `<id>'s token`.
pub(crate) fn session(id: &str, name: &str) -> NewSession {
    NewSession {
        id: SessionId::new(id),
        account: AccountId::new(name),
        token_version: 0,
        refresh_hash: format!("hash of {id}"),
        created_at: START,
        expires_at: START.plus(Duration::from_hours(1)),
        origin: Origin::default(),
    }
}

/// A rotation of `from` to `to` at the start, with the right token and half a minute of grace.
pub(crate) fn rotation(from: &str, to: &str, name: &str) -> Rotation {
    Rotation {
        session: SessionId::new(from),
        presented_hash: format!("hash of {from}"),
        successor: session(to, name),
        grace_until: START.plus(Duration::from_secs(30)),
        sealed: format!("sealed token of {to}"),
    }
}

/// The identity behind the account `name`.
pub(crate) fn identity(name: &str) -> Identity {
    Identity {
        provider: PROVIDER,
        provider_user_id: name.to_owned(),
        email: Some(format!("{name}@example.test")),
        display_name: None,
    }
}

/// Ids that only `tag` has.
pub(crate) fn fresh(tag: &str) -> FreshIds {
    FreshIds {
        user: UserId::new(format!("user {tag}")),
        workspace: WorkspaceId::new(format!("workspace {tag}")),
    }
}
