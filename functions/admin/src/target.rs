//! The workspace that an owner acts on (auth contract, 10.2 and 18, 4).

use or3_domain::access::Permission;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_http::{ApiError, Caller};

/// Who acts on what.
pub(crate) struct Target {
    pub(crate) owner: UserId,
    pub(crate) workspace: WorkspaceId,
}

impl Target {
    /// The active workspace of a caller who may manage its users, or the one that they name: then
    /// the store finds out whether they own it.
    ///
    /// # Errors
    ///
    /// 401 without a session, 403 for members of the active workspace who are no owners.
    pub(crate) async fn of(caller: &Caller, named: Option<&str>) -> Result<Self, ApiError> {
        let session = caller.session().await?;
        let active = session.map(|session| session.workspace.id.as_str());
        let other = named.filter(|named| active.is_some_and(|active| active != *named));
        let needed = if other.is_some() {
            Permission::WorkspaceRead
        } else {
            Permission::UsersManage
        };
        let session = caller.authorize(needed, active).await?;
        Ok(Self {
            owner: session.user.id.clone(),
            workspace: other.map_or_else(|| session.workspace.id.clone(), WorkspaceId::new),
        })
    }
}
