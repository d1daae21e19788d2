//! [`Directory`] on rows: grants and numbers here, workspaces and lists beside it.

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::admin::{
    Administrator, Deed, Directory, DirectoryError, Found, Overview, UserSearch, UserSummary,
    WorkspaceDetails, WorkspaceSearch, WorkspaceSummary,
};
use or3_domain::audit::Action;
use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::store::StoreError;
use or3_domain::workspace::{Authority, NewWorkspace, WorkspaceError};

use super::{count, lists, told, workspaces};
use crate::database::{Database, answers};
use crate::open::State;
use crate::statement::{Row, Statement};

/// Looks at everything in the main database.
struct LibsqlDirectory {
    database: Database,
}

impl State {
    /// The port of everybody and everything of the deployment.
    pub fn directory(&self) -> Arc<dyn Directory> {
        Arc::new(LibsqlDirectory {
            database: self.main(),
        })
    }
}

#[async_trait]
impl Directory for LibsqlDirectory {
    async fn workspaces(
        &self,
        search: &WorkspaceSearch,
    ) -> Result<Found<WorkspaceSummary>, StoreError> {
        lists::workspaces(&self.database, search).await
    }

    async fn workspace(&self, id: &WorkspaceId) -> Result<Option<WorkspaceDetails>, StoreError> {
        workspaces::details(&self.database, id).await
    }

    async fn create_workspace(
        &self,
        workspace: &NewWorkspace,
        owner: &UserId,
        deed: &Deed,
    ) -> Result<(), DirectoryError> {
        workspaces::create(&self.database, workspace, owner, deed).await
    }

    async fn set_deleted(
        &self,
        workspace: &WorkspaceId,
        deleted: bool,
        deed: &Deed,
    ) -> Result<(), StoreError> {
        workspaces::set_deleted(&self.database, workspace, deleted, deed).await
    }

    async fn set_guest_access(
        &self,
        workspace: &WorkspaceId,
        authority: &Authority,
        enabled: bool,
        now: Timestamp,
    ) -> Result<(), WorkspaceError> {
        workspaces::set_guest_access(&self.database, workspace, authority, (enabled, now)).await
    }

    async fn administrators(&self) -> Result<Vec<Administrator>, StoreError> {
        let rows = self.database.query(Statement::new(GRANTED)).await?.rows;
        rows.iter().map(administrator).collect()
    }

    async fn grant(&self, user: &UserId, deed: &Deed) -> Result<(), DirectoryError> {
        let about = |sql| Statement::new(sql).bind(user.as_str());
        let batch = vec![
            about(GROW_UNGRANTED),
            about(GRANT).bind(deed.at.millis()),
            told(deed, Action::Grant, user.as_str()),
            about(IS_GRANTED),
        ];
        let [_, _, _, granted] = answers(self.database.write(batch).await?)?;
        if granted.rows.is_empty() {
            return Err(DirectoryError::UnknownUser);
        }
        Ok(())
    }

    async fn revoke(&self, user: &UserId, deed: &Deed) -> Result<(), StoreError> {
        let about = |sql| Statement::new(sql).bind(user.as_str());
        let told = told(deed, Action::Revoke, user.as_str());
        let batch = vec![about(GROW_GRANTED), about(REVOKE), told];
        self.database.write(batch).await.map(drop)
    }

    async fn users(&self, search: &UserSearch) -> Result<Found<UserSummary>, StoreError> {
        lists::users(&self.database, search).await
    }

    async fn overview(&self, now: Timestamp) -> Result<Overview, StoreError> {
        let overview = Statement::new(OVERVIEW).bind(now.millis());
        let row = self.database.query(overview).await?.into_first();
        let row = row.ok_or_else(|| StoreError::Fault("numbers without a row".to_owned()))?;
        Ok(Overview {
            users: count(&row, 0)?,
            admins: count(&row, 1)?,
            workspaces: count(&row, 2)?,
            deleted_workspaces: count(&row, 3)?,
            pending_invites: count(&row, 4)?,
            sessions: count(&row, 5)?,
            changes: count(&row, 6)?,
            stored_bytes: count(&row, 7)?,
        })
    }
}

fn administrator(row: &Row) -> Result<Administrator, StoreError> {
    Ok(Administrator {
        user: UserId::new(row.text(0)?),
        email: row.opt_string(1)?,
        display_name: row.opt_string(2)?,
        granted_at: Timestamp::from_millis(row.int(3)?),
    })
}

const GRANTED: &str = "SELECT u.id, u.email, u.display_name, g.created_at
    FROM admin_users g JOIN users u ON u.id = g.user_id
    ORDER BY g.created_at DESC, u.id";

const GROW_UNGRANTED: &str = "UPDATE users
    SET authorization_revision = authorization_revision + 1
    WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM admin_users WHERE user_id = ?1)";

const GRANT: &str = "INSERT INTO admin_users (user_id, created_at)
    SELECT id, ?2 FROM users WHERE id = ?1 ON CONFLICT DO NOTHING";

const IS_GRANTED: &str = "SELECT 1 FROM admin_users WHERE user_id = ?1";

const GROW_GRANTED: &str = "UPDATE users SET authorization_revision = authorization_revision + 1
    WHERE id = ?1 AND EXISTS (SELECT 1 FROM admin_users WHERE user_id = ?1)";

const REVOKE: &str = "DELETE FROM admin_users WHERE user_id = ?1";

/// Heads and usage are counters that pushes and uploads keep: one row a workspace.
const OVERVIEW: &str = "SELECT (SELECT count(*) FROM users),
    (SELECT count(*) FROM admin_users),
    (SELECT count(*) FROM workspaces WHERE deleted_at IS NULL),
    (SELECT count(*) FROM workspaces WHERE deleted_at IS NOT NULL),
    (SELECT count(*) FROM auth_invites WHERE status = 'pending' AND expires_at > ?1),
    (SELECT count(*) FROM basic_auth_sessions WHERE revoked_at IS NULL AND expires_at > ?1),
    (SELECT coalesce(sum(head), 0) FROM sync_heads),
    (SELECT coalesce(sum(stored_bytes), 0) FROM storage_usage)";
