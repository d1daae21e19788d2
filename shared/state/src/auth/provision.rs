//! Provisioning as one batch: every step does something only where something is missing, so that
//! however many requests arrive together, one user and one workspace come of it (auth contract,
//! 7.3).

use or3_domain::auth::{FreshIds, Home, Identity};
use or3_domain::clock::Timestamp;
use or3_domain::store::StoreError;

use super::sessions::home;
use crate::database::Database;
use crate::statement::Statement;

/// The name of a workspace that nobody named.
const DEFAULT_NAME: &str = "My Workspace";

pub(super) async fn provision(
    database: &Database,
    identity: &Identity,
    fresh: &FreshIds,
    now: Timestamp,
) -> Result<Home, StoreError> {
    let about = |sql| {
        Statement::new(sql)
            .bind(identity.provider)
            .bind(identity.provider_user_id.as_str())
    };
    let batch = vec![
        about(CREATE_USER)
            .bind(fresh.user.as_str())
            .bind(now.millis())
            .bind(identity.email.as_deref())
            .bind(identity.display_name.as_deref()),
        about(MAP).bind(fresh.user.as_str()).bind(now.millis()),
        about(RE_HOME),
        about(CREATE_WORKSPACE)
            .bind(fresh.workspace.as_str())
            .bind(now.millis())
            .bind(DEFAULT_NAME),
        Statement::new(OWN).bind(fresh.workspace.as_str()),
        Statement::new(ACTIVATE).bind(fresh.workspace.as_str()),
        about(HOME),
    ];
    let last = database.write(batch).await?.pop();
    let row = last.and_then(crate::statement::Answer::into_first);
    let row = row.ok_or_else(|| StoreError::Fault("a user without a place".to_owned()))?;
    home(&row, 0)
}

const CREATE_USER: &str = "INSERT INTO users (id, created_at, email, display_name)
    SELECT ?3, ?4, ?5, ?6 WHERE NOT EXISTS (
        SELECT 1 FROM auth_accounts WHERE provider = ?1 AND provider_user_id = ?2)";

const MAP: &str = "INSERT INTO auth_accounts (provider, provider_user_id, user_id, created_at)
    VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";

/// Points a user whose active workspace is gone or not theirs to the oldest one that is, or to
/// none.
const RE_HOME: &str = "UPDATE users
    SET active_workspace_id = (
            SELECT w.id FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id
            WHERE m.user_id = users.id AND w.deleted_at IS NULL
            ORDER BY m.created_at, w.number LIMIT 1),
        authorization_revision = authorization_revision + 1
    WHERE id = (SELECT user_id FROM auth_accounts WHERE provider = ?1 AND provider_user_id = ?2)
        AND NOT EXISTS (
            SELECT 1 FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id
            WHERE m.user_id = users.id AND w.id = users.active_workspace_id
                AND w.deleted_at IS NULL)";

const CREATE_WORKSPACE: &str = "INSERT INTO workspaces (id, owner_user_id, created_at, name)
    SELECT ?3, u.id, ?4, ?5
    FROM auth_accounts i JOIN users u ON u.id = i.user_id
    WHERE i.provider = ?1 AND i.provider_user_id = ?2 AND u.active_workspace_id IS NULL";

const OWN: &str = "INSERT INTO workspace_members (workspace_id, user_id, role, created_at)
    SELECT id, owner_user_id, 'owner', created_at FROM workspaces WHERE id = ?1
    ON CONFLICT DO NOTHING";

const ACTIVATE: &str = "UPDATE users SET active_workspace_id = ?1
    WHERE id = (SELECT owner_user_id FROM workspaces WHERE id = ?1)
        AND active_workspace_id IS NULL";

const HOME: &str = "SELECT u.id, w.id, w.name, m.role,
        EXISTS (SELECT 1 FROM admin_users g WHERE g.user_id = u.id), u.authorization_revision
    FROM auth_accounts i
    JOIN users u ON u.id = i.user_id
    JOIN workspaces w ON w.id = u.active_workspace_id
    JOIN workspace_members m ON m.workspace_id = w.id AND m.user_id = u.id
    WHERE i.provider = ?1 AND i.provider_user_id = ?2";
