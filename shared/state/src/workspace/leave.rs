//! Leaving a workspace: how things stand is read first, and tells which guard held.

use or3_domain::audit::{Action, NewEntry};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::store::StoreError;
use or3_domain::workspace::WorkspaceError;

use super::members::KEEP_PRIMARY;
use crate::audit;
use crate::database::Database;
use crate::statement::{Answer, Statement};

pub(super) async fn leave(
    database: &Database,
    workspace: &WorkspaceId,
    user: &UserId,
    now: Timestamp,
) -> Result<(), WorkspaceError> {
    let about = |sql: &'static str| {
        Statement::new(sql)
            .bind(workspace.as_str())
            .bind(user.as_str())
    };
    let keep_primary = Statement::new(KEEP_PRIMARY).bind(workspace.as_str());
    let told = NewEntry::new(now, Action::MemberRemove, user.as_str())
        .on(user.as_str())
        .within(workspace);
    let batch = vec![
        about(STANDING),
        about(LEAVE),
        about(GO_ELSEWHERE),
        audit::entry(&told, audit::DONE),
        keep_primary,
    ];
    let answers = database.write(batch).await?;
    let standing = answers.into_iter().next().and_then(Answer::into_first);
    let standing = standing.ok_or_else(|| StoreError::Fault("no standing was read".to_owned()))?;
    match (standing.flag(0)?, standing.flag(1)?) {
        (false, _) => Err(WorkspaceError::Forbidden),
        (true, true) => Err(WorkspaceError::LastOwnerLeaves),
        (true, false) => Ok(()),
    }
}

/// `?2` is a member of the living workspace `?1`.
macro_rules! member {
    () => {
        "EXISTS (SELECT 1 FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id
            WHERE w.id = ?1 AND w.deleted_at IS NULL AND m.user_id = ?2)"
    };
}

/// `?2` owns the workspace, and nobody else does.
macro_rules! last_owner {
    () => {
        "(EXISTS (SELECT 1 FROM workspace_members
            WHERE workspace_id = ?1 AND user_id = ?2 AND role = 'owner')
        AND NOT EXISTS (SELECT 1 FROM workspace_members
            WHERE workspace_id = ?1 AND user_id <> ?2 AND role = 'owner'))"
    };
}

/// Whether the user is a member, and the last owner.
const STANDING: &str = concat!("SELECT ", member!(), ", ", last_owner!());

const LEAVE: &str = concat!(
    "DELETE FROM workspace_members WHERE workspace_id = ?1 AND user_id = ?2 AND ",
    member!(),
    " AND NOT ",
    last_owner!()
);

/// Whoever stands where they are no member any more goes to the oldest workspace of theirs, or to none.
const GO_ELSEWHERE: &str = "UPDATE users
    SET authorization_revision = authorization_revision + 1,
        active_workspace_id = iif(active_workspace_id IS NOT ?1, active_workspace_id, (
            SELECT w.id FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id
            WHERE m.user_id = ?2 AND w.deleted_at IS NULL
            ORDER BY m.created_at, w.number LIMIT 1))
    WHERE id = ?2 AND changes() > 0";
