//! [`AccountStore`] on rows.

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::audit::{Action, NewEntry};
use or3_domain::auth::{
    Account, AccountStore, Credential, Email, LiveSession, NewAccount, NewSession, PresentedInvite,
    Registered, Rehash, Rotated, Rotation,
};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{AccountId, SessionId};
use or3_domain::store::StoreError;

use super::{live, rotation};
use crate::audit;
use crate::database::{Database, answers};
use crate::open::State;
use crate::statement::{Row, Statement};

/// Keeps accounts and refresh sessions in the main database.
struct LibsqlAccountStore {
    database: Database,
}

impl State {
    /// The port of password accounts and their refresh sessions.
    pub fn accounts(&self) -> Arc<dyn AccountStore> {
        Arc::new(LibsqlAccountStore {
            database: self.main(),
        })
    }
}

#[async_trait]
impl AccountStore for LibsqlAccountStore {
    async fn find_by_email(&self, email: &Email) -> Result<Option<Credential>, StoreError> {
        self.credential(Statement::new(BY_EMAIL).bind(email.as_str()))
            .await
    }

    async fn find(&self, account: &AccountId) -> Result<Option<Credential>, StoreError> {
        self.credential(Statement::new(BY_ID).bind(account.as_str()))
            .await
    }

    async fn register(
        &self,
        account: &NewAccount,
        session: Option<&NewSession>,
        invite: Option<PresentedInvite<'_>>,
    ) -> Result<Registered, StoreError> {
        let ip = session.and_then(|session| session.origin.ip_address.as_deref());
        let made = NewEntry::new(account.created_at, Action::Register, account.id.as_str());
        let made = audit::entry(&made.from(ip), audit::DONE);
        let mut batch = vec![create(account, invite), made];
        batch.extend(session.map(open));
        batch.extend(invite.map(|invite| usable(invite, account.created_at)));
        let answers = self.database.write(batch).await?;
        let created = answers.first().is_some_and(|created| created.changed == 1);
        let usable = answers.last().is_some_and(|usable| !usable.rows.is_empty());
        Ok(match invite {
            _ if created => Registered::Created,
            Some(_) if !usable => Registered::InviteRefused,
            _ => Registered::Taken,
        })
    }

    async fn open_session(
        &self,
        session: &NewSession,
        rehash: Option<&Rehash>,
    ) -> Result<bool, StoreError> {
        let opened = NewEntry::new(session.created_at, Action::SignIn, session.account.as_str());
        let opened = opened.from(session.origin.ip_address.as_deref());
        let mut batch = vec![open(session), audit::entry(&opened, audit::DONE)];
        batch.extend(rehash.map(|rehash| {
            Statement::new(REHASH)
                .bind(session.account.as_str())
                .bind(rehash.old.as_str())
                .bind(rehash.new.as_str())
                .bind(session.created_at.millis())
        }));
        let answers = self.database.write(batch).await?;
        Ok(answers.first().is_some_and(|opened| opened.changed == 1))
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<Rotated, StoreError> {
        rotation::rotate(&self.database, rotation).await
    }

    async fn revoke(
        &self,
        account: &AccountId,
        sessions: &[SessionId],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let revoke = live::end_through_rotations(account, sessions, now);
        let told = NewEntry::new(now, Action::SignOut, account.as_str());
        let batch = vec![revoke, audit::entry(&told, audit::DONE)];
        self.database.write(batch).await.map(drop)
    }

    async fn revoke_all(&self, account: &AccountId, now: Timestamp) -> Result<(), StoreError> {
        let revoke = Statement::new(REVOKE_ALL)
            .bind(account.as_str())
            .bind(now.millis());
        let told = NewEntry::new(now, Action::TokenReplay, account.as_str());
        let batch = vec![revoke, audit::entry(&told, audit::DONE)];
        self.database.write(batch).await.map(drop)
    }

    async fn live_sessions(
        &self,
        account: &AccountId,
        now: Timestamp,
    ) -> Result<Vec<LiveSession>, StoreError> {
        live::list(&self.database, account, now).await
    }

    async fn end_session(
        &self,
        account: &AccountId,
        session: &SessionId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        live::end(&self.database, account, session, now).await
    }

    async fn end_other_sessions(
        &self,
        account: &AccountId,
        kept: &SessionId,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        live::end_others(&self.database, account, kept, now).await
    }

    async fn change_password(
        &self,
        account: &Account,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let change = Statement::new(CHANGE)
            .bind(account.id.as_str())
            .bind(account.token_version)
            .bind(password_hash)
            .bind(now.millis());
        let end = Statement::new(END_OLDER)
            .bind(account.id.as_str())
            .bind(now.millis())
            .bind(account.token_version.saturating_add(1));
        let told = NewEntry::new(now, Action::PasswordChange, account.id.as_str());
        let batch = vec![change, audit::entry(&told, audit::DONE), end];
        let [changed, _, _] = answers(self.database.write(batch).await?)?;
        Ok(changed.changed == 1)
    }
}

impl LibsqlAccountStore {
    async fn credential(&self, look_up: Statement) -> Result<Option<Credential>, StoreError> {
        let row = self.database.query(look_up).await?.into_first();
        let credential = |row: Row| {
            Ok(Credential {
                account: account(&row)?,
                password_hash: row.string(4)?,
            })
        };
        row.map(credential).transpose()
    }
}

/// An account from columns `id`, `email`, `display_name`, `token_version`.
pub(super) fn account(row: &Row) -> Result<Account, StoreError> {
    Ok(Account {
        id: AccountId::new(row.text(0)?),
        email: row.string(1)?,
        display_name: row.opt_string(2)?,
        token_version: row.int(3)?,
    })
}

/// Creates an account if its address is free and the invite, where there is one, is usable.
fn create(account: &NewAccount, invite: Option<PresentedInvite<'_>>) -> Statement {
    let sql = if invite.is_some() {
        CREATE_INVITED
    } else {
        CREATE
    };
    let create = Statement::new(sql)
        .bind(account.id.as_str())
        .bind(account.email.as_str())
        .bind(account.password_hash.as_str())
        .bind(account.display_name.as_deref())
        .bind(account.created_at.millis());
    match invite {
        Some(invite) => create
            .bind(invite.workspace.as_str())
            .bind(invite.token_hash),
        None => create,
    }
}

fn usable(invite: PresentedInvite<'_>, now: Timestamp) -> Statement {
    Statement::new(USABLE)
        .bind(invite.workspace.as_str())
        .bind(invite.email.as_str())
        .bind(invite.token_hash)
        .bind(now.millis())
}

/// Opens a session if its account has the token version that it names.
fn open(session: &NewSession) -> Statement {
    Statement::new(OPEN)
        .bind(session.id.as_str())
        .bind(session.account.as_str())
        .bind(session.token_version)
        .bind(session.refresh_hash.as_str())
        .bind(session.created_at.millis())
        .bind(session.expires_at.millis())
        .bind(session.origin.ip_address.as_deref())
        .bind(session.origin.user_agent.as_deref())
}

const BY_EMAIL: &str = "SELECT id, email, display_name, token_version, password_hash
    FROM basic_auth_accounts WHERE email = ?1";

const BY_ID: &str = "SELECT id, email, display_name, token_version, password_hash
    FROM basic_auth_accounts WHERE id = ?1";

const CREATE: &str = "INSERT INTO basic_auth_accounts
        (id, email, password_hash, display_name, created_at, updated_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?5)
    ON CONFLICT (email) DO NOTHING";

const CREATE_INVITED: &str = "INSERT INTO basic_auth_accounts
        (id, email, password_hash, display_name, created_at, updated_at)
    SELECT ?1, ?2, ?3, ?4, ?5, ?5 WHERE EXISTS (
        SELECT 1 FROM auth_invites n JOIN workspaces w ON w.id = n.workspace_id
        WHERE n.workspace_id = ?6 AND n.email = ?2 AND n.token_hash = ?7
            AND n.status = 'pending' AND n.expires_at > ?5 AND w.deleted_at IS NULL)
    ON CONFLICT (email) DO NOTHING";

const USABLE: &str = "SELECT 1 FROM auth_invites n JOIN workspaces w ON w.id = n.workspace_id
    WHERE n.workspace_id = ?1 AND n.email = ?2 AND n.token_hash = ?3
        AND n.status = 'pending' AND n.expires_at > ?4 AND w.deleted_at IS NULL";

const OPEN: &str = "INSERT INTO basic_auth_sessions
        (id, account_id, refresh_token_hash, created_at, expires_at, ip_address, user_agent,
         signed_in_at)
    SELECT ?1, id, ?4, ?5, ?6, ?7, ?8, ?5
    FROM basic_auth_accounts WHERE id = ?2 AND token_version = ?3";

const REHASH: &str = "UPDATE basic_auth_accounts SET password_hash = ?3, updated_at = ?4
    WHERE id = ?1 AND password_hash = ?2";

const REVOKE_ALL: &str = "UPDATE basic_auth_sessions
    SET revoked_at = coalesce(revoked_at, ?2),
        rotation_grace_until = NULL, rotation_grace_refresh_token = NULL
    WHERE account_id = ?1 AND (revoked_at IS NULL OR rotation_grace_until IS NOT NULL
        OR rotation_grace_refresh_token IS NOT NULL)";

const CHANGE: &str = "UPDATE basic_auth_accounts
    SET password_hash = ?3, token_version = token_version + 1, updated_at = ?4
    WHERE id = ?1 AND token_version = ?2";

/// Ends the sessions of an account that has just got token version `?3`.
const END_OLDER: &str = "UPDATE basic_auth_sessions
    SET revoked_at = coalesce(revoked_at, ?2),
        rotation_grace_until = NULL, rotation_grace_refresh_token = NULL
    WHERE account_id = (SELECT id FROM basic_auth_accounts WHERE id = ?1 AND token_version = ?3)";
