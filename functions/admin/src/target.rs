//! The workspace that somebody acts on, and on whose authority (auth contract, 10.2 and 18, 4).

use or3_domain::access::Permission;
use or3_domain::ids::WorkspaceId;
use or3_domain::workspace::Authority;
use or3_http::{AdminCaller, ApiError};

/// Who acts on what.
pub(crate) struct Target {
    pub(crate) authority: Authority,
    pub(crate) workspace: WorkspaceId,
}

impl Target {
    /// The active workspace of a caller who may manage its users, or the one that they name: then
    /// the store finds out whether they own it. The super admin may on every workspace that they
    /// name; without a name, on the active one of their ordinary session.
    ///
    /// # Errors
    ///
    /// 401 without a session, 403 for members of the active workspace who are no owners, 400 for a
    /// super admin who names none and has none.
    pub(crate) async fn of(admin: &AdminCaller, named: Option<&str>) -> Result<Self, ApiError> {
        // A name that is blank is none.
        let named = named.filter(|named| !named.trim().is_empty());
        let session = admin.session().await?;
        let active = session.map(|session| session.workspace.id.as_str());
        if let Some(known) = admin.super_admin() {
            let workspace = named.or(active).ok_or_else(unresolved)?;
            return Ok(Self {
                authority: Authority::SuperAdmin(known.username.clone()),
                workspace: WorkspaceId::new(workspace),
            });
        }
        let other = named.filter(|named| active.is_some_and(|active| active != *named));
        let needed = if other.is_some() {
            Permission::WorkspaceRead
        } else {
            Permission::UsersManage
        };
        let session = admin.caller.authorize(needed, active).await?;
        Ok(Self {
            authority: Authority::Owner(session.user.id.clone()),
            workspace: other.map_or_else(|| session.workspace.id.clone(), WorkspaceId::new),
        })
    }
}

pub(crate) fn unresolved() -> ApiError {
    ApiError::bad_request("Workspace not resolved")
}
