//! What can be asked for, and which role holds it.

use super::Role;

/// One thing that a request may need (auth contract, 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Read what a workspace holds.
    WorkspaceRead,
    /// Change what a workspace holds.
    WorkspaceWrite,
    /// Change a workspace's settings; run its history collection.
    WorkspaceSettingsManage,
    /// Add members, change roles, remove members.
    UsersManage,
    /// Enable and configure plugins.
    PluginsManage,
    /// Use the administration endpoints; held through a deployment-wide grant, never by role.
    AdminAccess,
}

impl Permission {
    /// Every permission, in the order of the contract's table.
    pub const ALL: [Self; 6] = [
        Self::WorkspaceRead,
        Self::WorkspaceWrite,
        Self::WorkspaceSettingsManage,
        Self::UsersManage,
        Self::PluginsManage,
        Self::AdminAccess,
    ];

    /// The contract's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WorkspaceRead => "workspace.read",
            Self::WorkspaceWrite => "workspace.write",
            Self::WorkspaceSettingsManage => "workspace.settings.manage",
            Self::UsersManage => "users.manage",
            Self::PluginsManage => "plugins.manage",
            Self::AdminAccess => "admin.access",
        }
    }

    /// Whether `role` alone gives this permission.
    pub const fn held_by(self, role: Role) -> bool {
        match self {
            Self::WorkspaceRead => true,
            Self::WorkspaceWrite => matches!(role, Role::Owner | Role::Editor),
            Self::WorkspaceSettingsManage | Self::UsersManage | Self::PluginsManage => {
                matches!(role, Role::Owner)
            }
            Self::AdminAccess => false,
        }
    }
}
