//! What can go wrong with members, and who can become one (auth contract, 10.10).

use std::borrow::Cow;

use crate::access::Role;
use crate::error::{DomainError, ErrorKind};
use crate::ids::UserId;
use crate::store::StoreError;

/// How an owner names somebody who is known here. Nobody is created by being named: an address
/// that nobody has verified must not decide who gets into a workspace (18, 3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    /// By the address of a user, in its normal form.
    Email(String),
    /// By an identity at a provider, at any provider if none is named, or by the internal id.
    Identity {
        /// The provider's id.
        provider: Option<String>,
        /// The identity there, or the internal user id.
        id: String,
    },
}

impl Person {
    /// Reads an identifier: with an `@` it is an address.
    pub fn parse(identifier: &str, provider: Option<&str>) -> Self {
        let identifier = identifier.trim();
        if identifier.contains('@') {
            return Self::Email(identifier.to_lowercase());
        }
        Self::Identity {
            provider: provider.map(str::to_owned),
            id: identifier.to_owned(),
        }
    }
}

/// What an owner does to a membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Gives a member another role.
    SetRole(UserId, Role),
    /// Ends a membership. The person's active workspace is repaired at their next session.
    Remove(UserId),
}

/// Why a membership was not changed.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// The acting user does not own the workspace, or it is deleted or unknown.
    #[error("not an owner of the workspace")]
    Forbidden,
    /// Who may on every workspace named one that is deleted or unknown.
    #[error("no such workspace")]
    UnknownWorkspace,
    /// Nobody here has that address or identity.
    #[error("no such user")]
    UnknownPerson,
    /// The person is no member.
    #[error("no such member")]
    NotFound,
    /// The workspace would have no owner left.
    #[error("the last owner cannot be demoted")]
    DemotesLastOwner,
    /// The workspace would have no owner left.
    #[error("the last owner cannot be removed")]
    RemovesLastOwner,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DomainError for MemberError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Forbidden => ErrorKind::Forbidden,
            Self::UnknownPerson => ErrorKind::Invalid,
            Self::NotFound | Self::UnknownWorkspace => ErrorKind::NotFound,
            Self::DemotesLastOwner | Self::RemovesLastOwner => ErrorKind::Conflict,
            Self::Store(error) => error.kind(),
        }
    }

    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::Forbidden => "Forbidden".into(),
            Self::UnknownPerson => "Invalid request".into(),
            Self::UnknownWorkspace => "Workspace not found".into(),
            Self::NotFound => "Workspace member not found".into(),
            Self::DemotesLastOwner => {
                "Cannot demote the last workspace owner. Transfer ownership first.".into()
            }
            Self::RemovesLastOwner => {
                "Cannot remove the last workspace owner. Transfer ownership first.".into()
            }
            Self::Store(error) => error.message(),
        }
    }
}
