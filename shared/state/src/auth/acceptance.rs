//! Accepting an invite as one batch (auth contract, 7.7).

use or3_domain::auth::{FreshIds, Home, Identity, PresentedInvite};
use or3_domain::clock::Timestamp;
use or3_domain::store::StoreError;

use super::sessions::home;
use crate::database::Database;
use crate::statement::{Answer, Statement};

pub(super) async fn accept(
    database: &Database,
    invite: PresentedInvite<'_>,
    identity: &Identity,
    fresh: &FreshIds,
    now: Timestamp,
) -> Result<Option<Home>, StoreError> {
    let step = |sql| {
        Statement::new(sql)
            .bind(invite.workspace.as_str())
            .bind(invite.email.as_str())
            .bind(invite.token_hash)
            .bind(now.millis())
            .bind(identity.provider)
            .bind(identity.provider_user_id.as_str())
    };
    let batch = vec![
        step(CREATE_USER)
            .bind(fresh.user.as_str())
            .bind(identity.display_name.as_deref()),
        step(MAP).bind(fresh.user.as_str()),
        step(JOIN),
        step(ACTIVATE),
        step(MARK),
        step(HOME),
    ];
    let last = database.write(batch).await?.pop();
    let row = last.and_then(Answer::into_first);
    row.as_ref().map(|row| home(row, 0)).transpose()
}

/// The usable invite of workspace `?1`, address `?2` and token digest `?3` at `?4`.
macro_rules! usable {
    () => {
        "SELECT n.id, n.role FROM auth_invites n JOIN workspaces w ON w.id = n.workspace_id
        WHERE n.workspace_id = ?1 AND n.email = ?2 AND n.token_hash = ?3 AND n.status = 'pending'
            AND n.expires_at > ?4 AND w.deleted_at IS NULL"
    };
}

const CREATE_USER: &str = concat!(
    "INSERT INTO users (id, created_at, email, display_name)
    SELECT ?7, ?4, ?2, ?8 FROM (",
    usable!(),
    " LIMIT 1) WHERE NOT EXISTS (
        SELECT 1 FROM auth_accounts WHERE provider = ?5 AND provider_user_id = ?6)"
);

const MAP: &str = "INSERT INTO auth_accounts (provider, provider_user_id, user_id, created_at)
    SELECT ?5, ?6, id, ?4 FROM users WHERE id = ?7 ON CONFLICT DO NOTHING";

/// An owner who uses an invite to their own workspace stays its owner.
const JOIN: &str = concat!(
    "INSERT INTO workspace_members (workspace_id, user_id, role, created_at)
    SELECT ?1, i.user_id, n.role, ?4 FROM auth_accounts i, (",
    usable!(),
    " LIMIT 1) AS n WHERE i.provider = ?5 AND i.provider_user_id = ?6
    ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = excluded.role
    WHERE workspace_members.role <> 'owner'"
);

const ACTIVATE: &str = concat!(
    "UPDATE users
    SET active_workspace_id = ?1, authorization_revision = authorization_revision + 1
    WHERE id = (SELECT user_id FROM auth_accounts WHERE provider = ?5 AND provider_user_id = ?6)
        AND EXISTS (",
    usable!(),
    ")"
);

const MARK: &str = concat!(
    "UPDATE auth_invites SET status = 'accepted', accepted_at = ?4, updated_at = ?4,
        accepted_user_id = (
            SELECT user_id FROM auth_accounts WHERE provider = ?5 AND provider_user_id = ?6)
    WHERE id = (SELECT id FROM (",
    usable!(),
    " LIMIT 1))"
);

/// The place that the invite gave to this identity, now or at an earlier call.
const HOME: &str = "SELECT u.id, w.id, w.name, m.role,
        EXISTS (SELECT 1 FROM admin_users g WHERE g.user_id = u.id), u.authorization_revision
    FROM auth_accounts i
    JOIN users u ON u.id = i.user_id
    JOIN workspaces w ON w.id = u.active_workspace_id AND w.deleted_at IS NULL
    JOIN workspace_members m ON m.workspace_id = w.id AND m.user_id = u.id
    WHERE i.provider = ?5 AND i.provider_user_id = ?6 AND EXISTS (
        SELECT 1 FROM auth_invites n
        WHERE n.workspace_id = ?1 AND n.email = ?2 AND n.token_hash = ?3
            AND n.status = 'accepted' AND n.accepted_user_id = u.id)";
