//! Single workspaces, as administrators see and change them.

use or3_domain::admin::{Deed, DirectoryError, Member, WorkspaceDetails, WorkspaceSummary};
use or3_domain::audit::{Action, NewEntry};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::store::StoreError;
use or3_domain::workspace::{Authority, NewWorkspace, WorkspaceError};

use super::{count, told};
use crate::audit;
use crate::auth::role;
use crate::database::{Database, answers};
use crate::statement::{Row, Statement};
use crate::workspace::owned;

/// The setting that says whether guests may come in (auth contract, 10.10).
const GUEST_ACCESS: &str = "admin.guest_access.enabled";

pub(super) async fn details(
    database: &Database,
    id: &WorkspaceId,
) -> Result<Option<WorkspaceDetails>, StoreError> {
    let about = |sql: String| Statement::new(sql).bind(id.as_str());
    let batch = vec![
        about(format!("{SUMMARY} WHERE w.id = ?1")),
        about(MEMBERS.to_owned()),
        about(SETTING.to_owned()).bind(GUEST_ACCESS),
    ];
    let [found, members, guests] = answers(database.read(batch).await?)?;
    let Some(row) = found.into_first() else {
        return Ok(None);
    };
    let guests = guests.into_first();
    let guests = guests.map(|row| row.string(0)).transpose()?;
    Ok(Some(WorkspaceDetails {
        summary: summary(&row)?,
        members: members.rows.iter().map(member).collect::<Result<_, _>>()?,
        guest_access: guests.as_deref() == Some("true"),
    }))
}

pub(super) async fn create(
    database: &Database,
    workspace: &NewWorkspace,
    owner: &UserId,
    deed: &Deed,
) -> Result<(), DirectoryError> {
    let about = |sql| Statement::new(sql).bind(workspace.id.as_str());
    let create = about(CREATE)
        .bind(owner.as_str())
        .bind(workspace.created_at.millis())
        .bind(workspace.name.as_str())
        .bind(workspace.description.as_deref());
    let told = told(deed, Action::WorkspaceCreate, workspace.id.as_str());
    let batch = vec![create, told, about(OWN), about(GROW), about(EXISTS)];
    let [_, _, _, _, made] = answers(database.write(batch).await?)?;
    if made.rows.is_empty() {
        return Err(DirectoryError::UnknownOwner);
    }
    Ok(())
}

pub(super) async fn set_deleted(
    database: &Database,
    workspace: &WorkspaceId,
    deleted: bool,
    deed: &Deed,
) -> Result<(), StoreError> {
    let action = if deleted {
        Action::WorkspaceDelete
    } else {
        Action::WorkspaceRestore
    };
    let set = Statement::new(SET_DELETED)
        .bind(workspace.as_str())
        .bind(deleted.then_some(deed.at.millis()));
    let grow = Statement::new(GROW).bind(workspace.as_str());
    let batch = vec![set, told(deed, action, workspace.as_str()), grow];
    database.write(batch).await.map(drop)
}

pub(super) async fn set_guest_access(
    database: &Database,
    workspace: &WorkspaceId,
    authority: &Authority,
    (enabled, now): (bool, Timestamp),
) -> Result<(), WorkspaceError> {
    let set = Statement::new(SET)
        .bind(workspace.as_str())
        .bind(authority.owner().map(UserId::as_str))
        .bind(GUEST_ACCESS)
        .bind(now.millis())
        .bind(if enabled { "true" } else { "false" });
    let told = NewEntry::new(now, Action::GuestAccess, authority.name()).within(workspace);
    let told = told.saying(if enabled { "true" } else { "false" });
    let batch = vec![set, audit::entry(&told, audit::DONE)];
    let [set, _] = answers(database.write(batch).await?)?;
    match authority {
        _ if set.changed == 1 => Ok(()),
        Authority::Owner(_) => Err(WorkspaceError::Forbidden),
        Authority::SuperAdmin(_) => Err(WorkspaceError::Unknown),
    }
}

/// A workspace from the columns of [`SUMMARY`].
pub(super) fn summary(row: &Row) -> Result<WorkspaceSummary, StoreError> {
    Ok(WorkspaceSummary {
        id: WorkspaceId::new(row.text(0)?),
        name: row.string(1)?,
        description: row.opt_string(2)?,
        created_at: Timestamp::from_millis(row.int(3)?),
        deleted_at: row.opt_int(4)?.map(Timestamp::from_millis),
        owner: UserId::new(row.text(5)?),
        owner_email: row.opt_string(6)?,
        member_count: count(row, 7)?,
    })
}

fn member(row: &Row) -> Result<Member, StoreError> {
    Ok(Member {
        user: UserId::new(row.text(0)?),
        email: row.opt_string(1)?,
        role: role(row, 2)?,
    })
}

pub(super) const SUMMARY: &str = "SELECT w.id, w.name, w.description, w.created_at, w.deleted_at,
        w.owner_user_id, u.email,
        (SELECT count(*) FROM workspace_members m WHERE m.workspace_id = w.id)
    FROM workspaces w LEFT JOIN users u ON u.id = w.owner_user_id";

const MEMBERS: &str = "SELECT m.user_id, u.email, m.role
    FROM workspace_members m LEFT JOIN users u ON u.id = m.user_id
    WHERE m.workspace_id = ?1 ORDER BY m.created_at, m.user_id";

const SETTING: &str = "SELECT value FROM admin_workspace_settings
    WHERE workspace_id = ?1 AND key = ?2";

const CREATE: &str = "INSERT INTO workspaces (id, owner_user_id, created_at, name, description)
    SELECT ?1, id, ?3, ?4, ?5 FROM users WHERE id = ?2 ON CONFLICT (id) DO NOTHING";

const OWN: &str = "INSERT INTO workspace_members (workspace_id, user_id, role, created_at)
    SELECT id, owner_user_id, 'owner', created_at FROM workspaces WHERE id = ?1
    ON CONFLICT DO NOTHING";

/// What the members of a workspace may see has changed.
const GROW: &str = "UPDATE users SET authorization_revision = authorization_revision + 1
    WHERE id IN (SELECT user_id FROM workspace_members WHERE workspace_id = ?1)";

const EXISTS: &str = "SELECT 1 FROM workspaces WHERE id = ?1";

const SET_DELETED: &str = "UPDATE workspaces
    SET deleted_at = ?2 WHERE id = ?1 AND (deleted_at IS NULL) = (?2 IS NOT NULL)";

const SET: &str = concat!(
    "INSERT INTO admin_workspace_settings (workspace_id, key, updated_at, value)
    SELECT ?1, ?3, ?4, ?5 WHERE ",
    owned!(),
    " ON CONFLICT (workspace_id, key) DO UPDATE
    SET value = excluded.value, updated_at = excluded.updated_at"
);
