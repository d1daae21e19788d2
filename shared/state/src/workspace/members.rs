//! [`MemberStore`] on rows.
//!
//! Each batch first reads how things stand and then changes them under guards of its own; what
//! was read tells which guard held.

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::access::Role;
use or3_domain::audit::{Action, NewEntry};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::store::StoreError;
use or3_domain::workspace::{Authority, Change, MemberError, MemberStore, Person};

use super::{enroll, owned};
use crate::audit;
use crate::database::Database;
use crate::open::State;
use crate::statement::{Answer, Statement};

/// Keeps memberships in the main database.
struct LibsqlMemberStore {
    database: Database,
}

impl State {
    /// The port of memberships.
    pub fn members(&self) -> Arc<dyn MemberStore> {
        Arc::new(LibsqlMemberStore {
            database: self.main(),
        })
    }
}

#[async_trait]
impl MemberStore for LibsqlMemberStore {
    async fn add(
        &self,
        workspace: &WorkspaceId,
        authority: &Authority,
        person: &Person,
        role: Role,
        now: Timestamp,
    ) -> Result<(), MemberError> {
        let batch = enroll::batch(workspace, authority, person, role, now);
        let before = Before::of(self.database.write(batch).await?)?;
        before.require(authority)?;
        if !before.is_known {
            return Err(MemberError::UnknownPerson);
        }
        if before.is_last_owner && role != Role::Owner {
            return Err(MemberError::DemotesLastOwner);
        }
        Ok(())
    }

    async fn change(
        &self,
        workspace: &WorkspaceId,
        authority: &Authority,
        change: &Change,
        now: Timestamp,
    ) -> Result<(), MemberError> {
        let (user, steps) = match change {
            Change::SetRole(user, role) => {
                let about = |sql| about(sql, workspace, authority, user).bind(role.as_str());
                (user, [about(GROW_CHANGED), about(SET_ROLE)])
            }
            Change::Remove(user) => {
                let about = |sql| about(sql, workspace, authority, user);
                (user, [about(GROW_CHANGED).bind(""), about(REMOVE)])
            }
        };
        let mut batch = vec![about(STANDING, workspace, authority, user)];
        batch.extend(steps);
        let told = told(change, now, authority).within(workspace);
        batch.push(audit::entry(&told, audit::DONE));
        batch.push(Statement::new(KEEP_PRIMARY).bind(workspace.as_str()));
        let before = Before::of(self.database.write(batch).await?)?;
        before.require(authority)?;
        match change {
            _ if before.role.is_none() => Err(MemberError::NotFound),
            Change::Remove(_) if before.is_last_owner => Err(MemberError::RemovesLastOwner),
            Change::SetRole(_, role) if before.is_last_owner && *role != Role::Owner => {
                Err(MemberError::DemotesLastOwner)
            }
            Change::Remove(_) | Change::SetRole(..) => Ok(()),
        }
    }
}

/// What is written down of a change.
fn told(change: &Change, now: Timestamp, authority: &Authority) -> NewEntry {
    let by = authority.name();
    match change {
        Change::SetRole(user, role) => NewEntry::new(now, Action::MemberRole, by)
            .on(user.as_str())
            .saying(role.as_str()),
        Change::Remove(user) => NewEntry::new(now, Action::MemberRemove, by).on(user.as_str()),
    }
}

/// How things stood before a batch changed them.
struct Before {
    may: bool,
    role: Option<String>,
    is_last_owner: bool,
    is_known: bool,
}

impl Before {
    fn of(answers: Vec<Answer>) -> Result<Self, StoreError> {
        let first = answers.into_iter().next();
        let row = first.and_then(Answer::into_first);
        let row = row.ok_or_else(|| StoreError::Fault("no standing was read".to_owned()))?;
        Ok(Self {
            may: row.flag(0)?,
            role: row.opt_string(1)?,
            is_last_owner: row.flag(2)?,
            is_known: row.flag(3)?,
        })
    }

    fn require(&self, authority: &Authority) -> Result<(), MemberError> {
        match authority {
            _ if self.may => Ok(()),
            Authority::Owner(_) => Err(MemberError::Forbidden),
            Authority::SuperAdmin(_) => Err(MemberError::UnknownWorkspace),
        }
    }
}

fn about(
    sql: &'static str,
    workspace: &WorkspaceId,
    authority: &Authority,
    user: &UserId,
) -> Statement {
    Statement::new(sql)
        .bind(workspace.as_str())
        .bind(authority.owner().map(UserId::as_str))
        .bind(user.as_str())
}

/// Somebody other than `?3` owns the workspace too.
macro_rules! other_owner {
    () => {
        "EXISTS (SELECT 1 FROM workspace_members x
            WHERE x.workspace_id = ?1 AND x.user_id <> ?3 AND x.role = 'owner')"
    };
}

/// Whether the acting user may, the member's role, whether they are the last owner, and whether
/// they are known here.
const STANDING: &str = concat!(
    "SELECT ",
    owned!(),
    ", (SELECT role FROM workspace_members WHERE workspace_id = ?1 AND user_id = ?3),
    EXISTS (SELECT 1 FROM workspace_members
        WHERE workspace_id = ?1 AND user_id = ?3 AND role = 'owner') AND NOT ",
    other_owner!(),
    ", EXISTS (SELECT 1 FROM users WHERE id = ?3)"
);

const GROW_CHANGED: &str = concat!(
    "UPDATE users SET authorization_revision = authorization_revision + 1
    WHERE id = ?3 AND EXISTS (SELECT 1 FROM workspace_members
        WHERE workspace_id = ?1 AND user_id = ?3 AND role <> ?4
            AND (role <> 'owner' OR ",
    other_owner!(),
    ")) AND ",
    owned!()
);

const SET_ROLE: &str = concat!(
    "UPDATE workspace_members SET role = ?4
    WHERE workspace_id = ?1 AND user_id = ?3 AND (role <> 'owner' OR ?4 = 'owner' OR ",
    other_owner!(),
    ") AND ",
    owned!()
);

const REMOVE: &str = concat!(
    "DELETE FROM workspace_members
    WHERE workspace_id = ?1 AND user_id = ?3 AND (role <> 'owner' OR ",
    other_owner!(),
    ") AND ",
    owned!()
);

/// A workspace whose primary owner is no owner any more gets the one who has been it longest.
pub(super) const KEEP_PRIMARY: &str = "UPDATE workspaces
    SET owner_user_id = (
        SELECT user_id FROM workspace_members
        WHERE workspace_id = ?1 AND role = 'owner' ORDER BY created_at, user_id LIMIT 1)
    WHERE id = ?1 AND NOT EXISTS (
        SELECT 1 FROM workspace_members
        WHERE workspace_id = ?1 AND user_id = workspaces.owner_user_id AND role = 'owner')
    AND EXISTS (SELECT 1 FROM workspace_members WHERE workspace_id = ?1 AND role = 'owner')";
