//! [`WorkspaceStore`] on rows.

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::audit::{Action, NewEntry};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::store::StoreError;
use or3_domain::workspace::{
    Description, Listing, NewWorkspace, WorkspaceError, WorkspaceName, WorkspaceStore,
};

use super::leave;
use crate::audit;
use crate::auth::role;
use crate::database::{Database, answers};
use crate::open::State;
use crate::statement::{Answer, Row, Statement};

/// Keeps workspaces and memberships in the main database.
struct LibsqlWorkspaceStore {
    database: Database,
}

impl State {
    /// The port of workspaces and memberships.
    pub fn workspaces(&self) -> Arc<dyn WorkspaceStore> {
        Arc::new(LibsqlWorkspaceStore {
            database: self.main(),
        })
    }
}

#[async_trait]
impl WorkspaceStore for LibsqlWorkspaceStore {
    async fn list(&self, user: &UserId) -> Result<Vec<Listing>, StoreError> {
        let list = Statement::new(LIST).bind(user.as_str());
        let rows = self.database.query(list).await?.rows;
        rows.iter().map(listing).collect()
    }

    async fn create(&self, workspace: &NewWorkspace, user: &UserId) -> Result<(), StoreError> {
        let create = Statement::new(CREATE)
            .bind(workspace.id.as_str())
            .bind(user.as_str())
            .bind(workspace.created_at.millis())
            .bind(workspace.name.as_str())
            .bind(workspace.description.as_deref());
        let own = Statement::new(OWN).bind(workspace.id.as_str());
        let grown = Statement::new(GROW).bind(workspace.id.as_str());
        let made =
            told(workspace.created_at, Action::WorkspaceCreate, user).on(workspace.id.as_str());
        let made = audit::entry(&made, audit::DONE);
        let batch = vec![create, made, own, grown];
        self.database.write(batch).await.map(drop)
    }

    async fn rename(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        name: &WorkspaceName,
        description: &Description,
    ) -> Result<(), WorkspaceError> {
        let rename = about(RENAME, workspace, user)
            .bind(name.as_str())
            .bind(description.as_deref());
        let batch = vec![rename, about(MAY_RENAME, workspace, user)];
        let [_, allowed] = answers(self.database.write(batch).await?)?;
        require(&allowed)
    }

    async fn delete(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        now: Timestamp,
    ) -> Result<(), WorkspaceError> {
        let gone = told(now, Action::WorkspaceDelete, user).on(workspace.as_str());
        let gone = audit::entry(&gone, GOES)
            .bind(workspace.as_str())
            .bind(user.as_str());
        let batch = vec![
            gone,
            about(DELETE, workspace, user).bind(now.millis()),
            about(RE_HOME, workspace, user),
            about(MAY_DELETE, workspace, user),
        ];
        let [_, _, _, allowed] = answers(self.database.write(batch).await?)?;
        require(&allowed)
    }

    async fn leave(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        now: Timestamp,
    ) -> Result<(), WorkspaceError> {
        leave::leave(&self.database, workspace, user, now).await
    }

    async fn set_active(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
    ) -> Result<(), WorkspaceError> {
        let batch = vec![
            about(SET_ACTIVE, workspace, user),
            about(MAY_ENTER, workspace, user),
        ];
        let [_, allowed] = answers(self.database.write(batch).await?)?;
        require(&allowed)
    }
}

fn told(at: Timestamp, action: Action, user: &UserId) -> NewEntry {
    NewEntry::new(at, action, user.as_str())
}

fn about(sql: &'static str, workspace: &WorkspaceId, user: &UserId) -> Statement {
    Statement::new(sql)
        .bind(workspace.as_str())
        .bind(user.as_str())
}

/// A row says that the user may; none says that the statements before it did nothing.
fn require(allowed: &Answer) -> Result<(), WorkspaceError> {
    if allowed.rows.is_empty() {
        return Err(WorkspaceError::Forbidden);
    }
    Ok(())
}

fn listing(row: &Row) -> Result<Listing, StoreError> {
    Ok(Listing {
        id: WorkspaceId::new(row.text(0)?),
        name: row.string(1)?,
        description: row.opt_string(2)?,
        role: role(row, 3)?,
        created_at: Timestamp::from_millis(row.int(4)?),
        is_active: row.flag(5)?,
    })
}

const LIST: &str = "SELECT w.id, w.name, w.description, m.role, w.created_at,
        w.id IS u.active_workspace_id
    FROM workspace_members m
    JOIN workspaces w ON w.id = m.workspace_id
    JOIN users u ON u.id = m.user_id
    WHERE m.user_id = ?1 AND w.deleted_at IS NULL
    ORDER BY w.created_at DESC, w.number DESC";

const CREATE: &str = "INSERT INTO workspaces (id, owner_user_id, created_at, name, description)
    VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO NOTHING";

const OWN: &str = "INSERT INTO workspace_members (workspace_id, user_id, role, created_at)
    SELECT id, owner_user_id, 'owner', created_at FROM workspaces WHERE id = ?1
    ON CONFLICT DO NOTHING";

/// What the members of a workspace may see has changed.
const GROW: &str = "UPDATE users SET authorization_revision = authorization_revision + 1
    WHERE id IN (SELECT user_id FROM workspace_members WHERE workspace_id = ?1)";

const MAY_RENAME: &str = "SELECT 1 FROM workspace_members
    WHERE workspace_id = ?1 AND user_id = ?2 AND role IN ('owner', 'editor')";

const RENAME: &str = "UPDATE workspaces SET name = ?3, description = ?4
    WHERE id = ?1 AND deleted_at IS NULL AND EXISTS (
        SELECT 1 FROM workspace_members
        WHERE workspace_id = ?1 AND user_id = ?2 AND role IN ('owner', 'editor'))";

const MAY_DELETE: &str = "SELECT 1 FROM workspace_members
    WHERE workspace_id = ?1 AND user_id = ?2 AND role = 'owner'";

/// The workspace `?9` still lives, and `?10` may delete it: doing it again is nothing to tell.
const GOES: &str = "EXISTS (SELECT 1 FROM workspaces w
    JOIN workspace_members o ON o.workspace_id = w.id
    WHERE w.id = ?9 AND w.deleted_at IS NULL AND o.user_id = ?10 AND o.role = 'owner')";

const DELETE: &str = "UPDATE workspaces SET deleted_at = ?3
    WHERE id = ?1 AND EXISTS (
        SELECT 1 FROM workspace_members
        WHERE workspace_id = ?1 AND user_id = ?2 AND role = 'owner')";

/// Everybody whose active workspace was just deleted goes to the oldest other one of theirs, or
/// to none; the next session makes them a new one then.
const RE_HOME: &str = "UPDATE users
    SET active_workspace_id = (
            SELECT w.id FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id
            WHERE m.user_id = users.id AND w.deleted_at IS NULL
            ORDER BY m.created_at, w.number LIMIT 1),
        authorization_revision = authorization_revision + 1
    WHERE active_workspace_id = ?1 AND EXISTS (
        SELECT 1 FROM workspaces w JOIN workspace_members o ON o.workspace_id = w.id
        WHERE w.id = ?1 AND w.deleted_at IS NOT NULL
            AND o.user_id = ?2 AND o.role = 'owner')";

const MAY_ENTER: &str = "SELECT 1 FROM workspace_members m
    JOIN workspaces w ON w.id = m.workspace_id
    WHERE m.workspace_id = ?1 AND m.user_id = ?2 AND w.deleted_at IS NULL";

const SET_ACTIVE: &str = "UPDATE users
    SET active_workspace_id = ?1, authorization_revision = authorization_revision + 1
    WHERE id = ?2 AND EXISTS (
        SELECT 1 FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id
        WHERE m.workspace_id = ?1 AND m.user_id = ?2 AND w.deleted_at IS NULL)";
