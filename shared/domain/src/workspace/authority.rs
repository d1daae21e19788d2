//! On whose authority the people of a workspace are changed.

use crate::ids::UserId;

/// Who changes something about a workspace's people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authority {
    /// A user, who must own the workspace.
    Owner(UserId),
    /// The super admin of the deployment, by name: may on every living workspace.
    SuperAdmin(String),
}

impl Authority {
    /// The user who must own the workspace, if it depends on that.
    pub fn owner(&self) -> Option<&UserId> {
        match self {
            Self::Owner(user) => Some(user),
            Self::SuperAdmin(_) => None,
        }
    }

    /// The name in records: a user's id, or the super admin's name (auth contract, 10.1).
    pub fn name(&self) -> &str {
        match self {
            Self::Owner(user) => user.as_str(),
            Self::SuperAdmin(name) => name,
        }
    }
}

impl From<UserId> for Authority {
    fn from(owner: UserId) -> Self {
        Self::Owner(owner)
    }
}
