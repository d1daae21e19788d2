//! The decision itself.

use std::borrow::Cow;

use super::{Permission, Role};
use crate::error::{DomainError, ErrorKind};
use crate::ids::WorkspaceId;

/// Who asks: the part of a session that decisions look at.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// The role in [`workspace`](Self::workspace).
    pub role: Role,
    /// The active workspace.
    pub workspace: &'a WorkspaceId,
    /// Holds a deployment-wide administration grant.
    pub deployment_admin: bool,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// Nobody is signed in.
    #[error("unauthenticated")]
    Unauthenticated,
    /// The role does not hold the permission, or the resource is another workspace.
    #[error("forbidden")]
    Forbidden,
}

impl DomainError for AccessError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unauthenticated => ErrorKind::Unauthenticated,
            Self::Forbidden => ErrorKind::Forbidden,
        }
    }

    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::Unauthenticated => "Unauthorized",
            Self::Forbidden => "Forbidden",
        }
        .into()
    }
}

/// Decides whether `subject` may do `permission`, on `resource` when one is named (auth
/// contract, 8).
///
/// A resource is a workspace, and it must be the active one for every role and permission,
/// administration included. Unlike the original, an empty id is not "no resource": it is a
/// workspace that nobody has (storage contract, 12, line 10).
///
/// # Errors
///
/// [`AccessError`] says which of the two refusals it is.
pub fn can(
    subject: Option<&Subject<'_>>,
    permission: Permission,
    resource: Option<&str>,
) -> Result<(), AccessError> {
    let subject = subject.ok_or(AccessError::Unauthenticated)?;
    let granted = permission.held_by(subject.role)
        || (permission == Permission::AdminAccess && subject.deployment_admin);
    let in_scope = resource.is_none_or(|id| id == subject.workspace.as_str());
    if granted && in_scope {
        Ok(())
    } else {
        Err(AccessError::Forbidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(role: Role, workspace: &WorkspaceId) -> Subject<'_> {
        Subject {
            role,
            workspace,
            deployment_admin: false,
        }
    }

    #[test]
    fn nobody_is_unauthenticated_whatever_they_ask() {
        for permission in Permission::ALL {
            assert_eq!(
                can(None, permission, None),
                Err(AccessError::Unauthenticated)
            );
        }
    }

    #[test]
    fn each_role_holds_the_permissions_of_the_contract_and_no_other() {
        let home = WorkspaceId::new("ws");
        let held = |role| {
            Permission::ALL
                .into_iter()
                .filter(|p| can(Some(&subject(role, &home)), *p, Some("ws")).is_ok())
                .map(Permission::as_str)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            held(Role::Owner),
            [
                "workspace.read",
                "workspace.write",
                "workspace.settings.manage",
                "users.manage",
                "plugins.manage"
            ]
        );
        assert_eq!(held(Role::Editor), ["workspace.read", "workspace.write"]);
        assert_eq!(held(Role::Viewer), ["workspace.read"]);
    }

    #[test]
    fn without_a_resource_the_role_decides() {
        let home = WorkspaceId::new("ws");
        for role in Role::ALL {
            for permission in Permission::ALL {
                let asked = |resource| can(Some(&subject(role, &home)), permission, resource);
                assert_eq!(asked(None), asked(Some("ws")), "{role:?} {permission:?}");
            }
        }
    }

    #[test]
    fn another_workspace_is_forbidden_even_to_an_administrator() {
        let home = WorkspaceId::new("ws");
        let admin = Subject {
            role: Role::Owner,
            workspace: &home,
            deployment_admin: true,
        };
        assert_eq!(can(Some(&admin), Permission::AdminAccess, None), Ok(()));
        for permission in Permission::ALL {
            assert_eq!(
                can(Some(&admin), permission, Some("other")),
                Err(AccessError::Forbidden)
            );
            assert_eq!(
                can(Some(&admin), permission, Some("")),
                Err(AccessError::Forbidden)
            );
        }
    }

    #[test]
    fn an_editor_with_a_grant_may_administer() {
        let home = WorkspaceId::new("ws");
        let editor = Subject {
            role: Role::Editor,
            workspace: &home,
            deployment_admin: true,
        };
        assert_eq!(
            can(Some(&editor), Permission::AdminAccess, Some("ws")),
            Ok(())
        );
    }
}
