//! [`SessionStore`] on rows.

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::access::Role;
use or3_domain::auth::{
    Claimed, FreshIds, Home, Identity, Known, PROVIDER, PresentedInvite, SessionStore, Standing,
    UserProfile, WorkspaceRef,
};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::store::StoreError;

use super::accounts::account;
use super::{acceptance, provision};
use crate::database::Database;
use crate::open::State;
use crate::statement::{Row, Statement};

/// Reads session contexts from the main database.
struct LibsqlSessionStore {
    database: Database,
}

impl State {
    /// The port of session contexts.
    pub fn sessions(&self) -> Arc<dyn SessionStore> {
        Arc::new(LibsqlSessionStore {
            database: self.main(),
        })
    }
}

#[async_trait]
impl SessionStore for LibsqlSessionStore {
    async fn standing(
        &self,
        claimed: Claimed<'_>,
        now: Timestamp,
    ) -> Result<Option<Standing>, StoreError> {
        let look_up = Statement::new(STANDING)
            .bind(claimed.session.as_str())
            .bind(claimed.account.as_str())
            .bind(claimed.token_version)
            .bind(now.millis())
            .bind(PROVIDER);
        let row = self.database.query(look_up).await?.into_first();
        row.as_ref().map(standing).transpose()
    }

    async fn known(&self, identity: &Identity) -> Result<Option<Known>, StoreError> {
        let look_up = Statement::new(KNOWN)
            .bind(identity.provider)
            .bind(identity.provider_user_id.as_str());
        let row = self.database.query(look_up).await?.into_first();
        row.as_ref().map(known).transpose()
    }

    async fn provision(
        &self,
        identity: &Identity,
        fresh: &FreshIds,
        now: Timestamp,
    ) -> Result<Home, StoreError> {
        provision::provision(&self.database, identity, fresh, now).await
    }

    async fn accept_invite(
        &self,
        invite: PresentedInvite<'_>,
        identity: &Identity,
        fresh: &FreshIds,
        now: Timestamp,
    ) -> Result<Option<Home>, StoreError> {
        acceptance::accept(&self.database, invite, identity, fresh, now).await
    }
}

fn standing(row: &Row) -> Result<Standing, StoreError> {
    let user = row.opt_string(4)?.map(UserId::from);
    let member = row.opt_string(7)?.is_some();
    Ok(Standing {
        account: account(row)?,
        home: if member { Some(home(row, 4)?) } else { None },
        user,
    })
}

fn known(row: &Row) -> Result<Known, StoreError> {
    let member = row.opt_string(5)?.is_some();
    Ok(Known {
        user: UserProfile {
            id: UserId::new(row.text(2)?),
            email: row.opt_string(0)?,
            display_name: row.opt_string(1)?,
        },
        home: if member { Some(home(row, 2)?) } else { None },
    })
}

/// A place from six columns: user, workspace, its name, role, whether there is a grant, revision;
/// the first of them at `at`.
pub(super) fn home(row: &Row, at: usize) -> Result<Home, StoreError> {
    Ok(Home {
        user: UserId::new(row.text(at)?),
        workspace: WorkspaceRef {
            id: WorkspaceId::new(row.text(at + 1)?),
            name: row.string(at + 2)?,
        },
        role: role(row, at + 3)?,
        deployment_admin: row.flag(at + 4)?,
        authorization_revision: row.int(at + 5)?,
    })
}

/// A role from its word.
pub(crate) fn role(row: &Row, column: usize) -> Result<Role, StoreError> {
    let word = row.text(column)?;
    let unknown = |_| StoreError::Fault(format!("`{word}` is no role"));
    word.parse().map_err(unknown)
}

const STANDING: &str = "SELECT a.id, a.email, a.display_name, a.token_version,
        u.id, w.id, w.name, m.role,
        EXISTS (SELECT 1 FROM admin_users g WHERE g.user_id = u.id), u.authorization_revision
    FROM basic_auth_sessions s
    JOIN basic_auth_accounts a ON a.id = s.account_id
    LEFT JOIN auth_accounts i ON i.provider = ?5 AND i.provider_user_id = a.id
    LEFT JOIN users u ON u.id = i.user_id
    LEFT JOIN workspaces w ON w.id = u.active_workspace_id AND w.deleted_at IS NULL
    LEFT JOIN workspace_members m ON m.workspace_id = w.id AND m.user_id = u.id
    WHERE s.id = ?1 AND s.account_id = ?2 AND a.token_version = ?3
        AND s.revoked_at IS NULL AND s.expires_at > ?4";

const KNOWN: &str = "SELECT u.email, u.display_name, u.id, w.id, w.name, m.role,
        EXISTS (SELECT 1 FROM admin_users g WHERE g.user_id = u.id), u.authorization_revision
    FROM auth_accounts i
    JOIN users u ON u.id = i.user_id
    LEFT JOIN workspaces w ON w.id = u.active_workspace_id AND w.deleted_at IS NULL
    LEFT JOIN workspace_members m ON m.workspace_id = w.id AND m.user_id = u.id
    WHERE i.provider = ?1 AND i.provider_user_id = ?2";
