//! [`InviteStore`] on rows.

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::audit::{Action, NewEntry};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::invite::{Invite, InviteError, InviteStatus, InviteStore, NewInvite};
use or3_domain::store::StoreError;
use or3_domain::workspace::Authority;

use crate::audit;
use crate::auth::role;
use crate::database::{Database, answers};
use crate::open::State;
use crate::statement::{Answer, Row, Statement};

/// Keeps invites in the main database.
struct LibsqlInviteStore {
    database: Database,
}

impl State {
    /// The port of invites.
    pub fn invites(&self) -> Arc<dyn InviteStore> {
        Arc::new(LibsqlInviteStore {
            database: self.main(),
        })
    }
}

#[async_trait]
impl InviteStore for LibsqlInviteStore {
    async fn create(&self, invite: &NewInvite) -> Result<(), InviteError> {
        let create = about(CREATE, &invite.workspace, &invite.invited_by)
            .bind(invite.id.as_str())
            .bind(invite.email.as_str())
            .bind(invite.role.as_str())
            .bind(invite.token_hash.as_str())
            .bind(invite.created_at.millis())
            .bind(invite.expires_at.millis())
            .bind(invite.invited_by.name());
        let by = invite.invited_by.name();
        let told = NewEntry::new(invite.created_at, Action::InviteCreate, by)
            .on(invite.email.as_str())
            .within(&invite.workspace)
            .saying(invite.role.as_str());
        let batch = vec![create, audit::entry(&told, audit::DONE)];
        let [created, _] = answers(self.database.write(batch).await?)?;
        if created.changed == 1 {
            Ok(())
        } else {
            Err(refused(&invite.invited_by))
        }
    }

    async fn list(
        &self,
        workspace: &WorkspaceId,
        authority: &Authority,
        status: Option<InviteStatus>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Invite>, InviteError> {
        let batch = vec![
            about(OWNED, workspace, authority),
            about(EXPIRE, workspace, authority).bind(now.millis()),
            about(LIST, workspace, authority)
                .bind(status.map(InviteStatus::as_str))
                .bind(limit),
        ];
        let [allowed, _, listed] = answers(self.database.write(batch).await?)?;
        require(&allowed, authority)?;
        Ok(listed.rows.iter().map(invite).collect::<Result<_, _>>()?)
    }

    async fn revoke(
        &self,
        workspace: &WorkspaceId,
        authority: &Authority,
        id: &str,
        now: Timestamp,
    ) -> Result<(), InviteError> {
        let told = NewEntry::new(now, Action::InviteRevoke, authority.name())
            .on(id)
            .within(workspace);
        let batch = vec![
            about(OWNED, workspace, authority),
            about(REVOKE, workspace, authority)
                .bind(id)
                .bind(now.millis()),
            audit::entry(&told, audit::DONE),
            Statement::new(EXISTS).bind(workspace.as_str()).bind(id),
        ];
        let [allowed, _, _, found] = answers(self.database.write(batch).await?)?;
        require(&allowed, authority)?;
        if found.rows.is_empty() {
            return Err(InviteError::NotFound);
        }
        Ok(())
    }
}

fn about(sql: &'static str, workspace: &WorkspaceId, authority: &Authority) -> Statement {
    Statement::new(sql)
        .bind(workspace.as_str())
        .bind(authority.owner().map(UserId::as_str))
}

fn require(owned: &Answer, authority: &Authority) -> Result<(), InviteError> {
    if owned.rows.is_empty() {
        return Err(refused(authority));
    }
    Ok(())
}

fn refused(authority: &Authority) -> InviteError {
    match authority {
        Authority::Owner(_) => InviteError::Forbidden,
        Authority::SuperAdmin(_) => InviteError::UnknownWorkspace,
    }
}

fn invite(row: &Row) -> Result<Invite, StoreError> {
    let moment = |column| Ok::<_, StoreError>(row.opt_int(column)?.map(Timestamp::from_millis));
    let word = row.text(4)?;
    Ok(Invite {
        id: row.string(0)?,
        workspace: WorkspaceId::new(row.text(1)?),
        email: row.string(2)?,
        role: role(row, 3)?,
        status: InviteStatus::parse(word)
            .ok_or_else(|| StoreError::Fault(format!("`{word}` is no status")))?,
        invited_by: UserId::new(row.text(5)?),
        expires_at: Timestamp::from_millis(row.int(6)?),
        accepted_at: moment(7)?,
        accepted_by: row.opt_string(8)?.map(UserId::from),
        revoked_at: moment(9)?,
        created_at: Timestamp::from_millis(row.int(10)?),
        updated_at: Timestamp::from_millis(row.int(11)?),
    })
}

/// The living workspace `?1`, if `?2` owns it or is null: the super admin may on every workspace.
macro_rules! owned {
    () => {
        "SELECT w.id FROM workspaces w WHERE w.id = ?1 AND w.deleted_at IS NULL
            AND (?2 IS NULL OR EXISTS (SELECT 1 FROM workspace_members o
                WHERE o.workspace_id = w.id AND o.user_id = ?2 AND o.role = 'owner'))"
    };
}

const OWNED: &str = owned!();

const CREATE: &str = concat!(
    "INSERT INTO auth_invites (workspace_id, id, email, role, token_hash, created_at, updated_at,
        expires_at, invited_by_user_id, status)
    SELECT owned.id, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9, 'pending' FROM (",
    owned!(),
    ") AS owned"
);

const EXPIRE: &str = concat!(
    "UPDATE auth_invites SET status = 'expired', updated_at = ?3
    WHERE status = 'pending' AND expires_at <= ?3 AND workspace_id IN (",
    owned!(),
    ")"
);

const LIST: &str = concat!(
    "SELECT id, workspace_id, email, role, status, invited_by_user_id, expires_at, accepted_at,
        accepted_user_id, revoked_at, created_at, updated_at
    FROM auth_invites
    WHERE workspace_id IN (",
    owned!(),
    ") AND status = coalesce(?3, status)
    ORDER BY created_at DESC, id LIMIT ?4"
);

const REVOKE: &str = concat!(
    "UPDATE auth_invites SET status = 'revoked', revoked_at = ?4, updated_at = ?4
    WHERE id = ?3 AND status = 'pending' AND workspace_id IN (",
    owned!(),
    ")"
);

const EXISTS: &str = "SELECT 1 FROM auth_invites WHERE workspace_id = ?1 AND id = ?2";
