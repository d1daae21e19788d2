//! Refresh rotation as one batch: compare and swap, then read what stands (auth contract, 5.4).

use or3_domain::auth::{Rotated, Rotation, SessionRow};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{AccountId, SessionId};
use or3_domain::store::StoreError;

use super::accounts::account;
use crate::database::{Database, answers};
use crate::statement::{Row, Statement};

pub(super) async fn rotate(
    database: &Database,
    rotation: &Rotation,
) -> Result<Rotated, StoreError> {
    let batch = vec![swap(rotation), succeed(rotation), stamp(rotation)];
    let read = [
        Statement::new(ACCOUNT)
            .bind(rotation.successor.account.as_str())
            .bind(rotation.successor.token_version),
        Statement::new(CHAIN).bind(rotation.session.as_str()),
    ];
    let batch = batch.into_iter().chain(read).collect();
    // The successor's id is the key: a batch that is run again finds its own rotation.
    let [_, _, _, found, chain] = answers(database.write_keyed(batch).await?)?;
    Ok(Rotated {
        account: found.into_first().as_ref().map(account).transpose()?,
        chain: chain.rows.iter().map(session).collect::<Result<_, _>>()?,
    })
}

/// Retires the old row, if it is live and was presented with its own token.
fn swap(rotation: &Rotation) -> Statement {
    Statement::new(SWAP)
        .bind(rotation.session.as_str())
        .bind(rotation.presented_hash.as_str())
        .bind(rotation.successor.account.as_str())
        .bind(rotation.successor.token_version)
        .bind(rotation.successor.created_at.millis())
        .bind(rotation.successor.id.as_str())
        .bind(rotation.grace_until.millis())
        .bind(rotation.sealed.as_str())
}

/// Inserts the successor, if this batch retired the old row.
fn succeed(rotation: &Rotation) -> Statement {
    let successor = &rotation.successor;
    Statement::new(SUCCEED)
        .bind(rotation.session.as_str())
        .bind(successor.id.as_str())
        .bind(successor.refresh_hash.as_str())
        .bind(successor.created_at.millis())
        .bind(successor.expires_at.millis())
        .bind(successor.origin.ip_address.as_deref())
        .bind(successor.origin.user_agent.as_deref())
}

fn stamp(rotation: &Rotation) -> Statement {
    Statement::new(STAMP_OVERDUE)
        .bind(rotation.session.as_str())
        .bind(rotation.successor.account.as_str())
        .bind(rotation.successor.created_at.millis())
}

fn session(row: &Row) -> Result<SessionRow, StoreError> {
    let moment = |column| Ok::<_, StoreError>(row.opt_int(column)?.map(Timestamp::from_millis));
    Ok(SessionRow {
        id: SessionId::new(row.text(0)?),
        account: AccountId::new(row.text(1)?),
        refresh_hash: row.string(2)?,
        expires_at: Timestamp::from_millis(row.int(3)?),
        revoked_at: moment(4)?,
        replaced_by: row.opt_string(5)?.map(SessionId::from),
        grace_until: moment(6)?,
        sealed: row.opt_string(7)?,
    })
}

const SWAP: &str = "UPDATE basic_auth_sessions
    SET revoked_at = ?5, replaced_by_session_id = ?6,
        rotation_grace_until = ?7, rotation_grace_refresh_token = ?8
    WHERE id = ?1 AND refresh_token_hash = ?2 AND account_id = ?3
        AND revoked_at IS NULL AND expires_at > ?5
        AND EXISTS (SELECT 1 FROM basic_auth_accounts WHERE id = ?3 AND token_version = ?4)";

const SUCCEED: &str = "INSERT INTO basic_auth_sessions
        (id, account_id, refresh_token_hash, created_at, expires_at, ip_address, user_agent,
         rotated_from_session_id, signed_in_at)
    SELECT ?2, account_id, ?3, ?4, ?5, ?6, ?7, id, coalesce(signed_in_at, created_at)
    FROM basic_auth_sessions
    WHERE id = ?1 AND replaced_by_session_id = ?2
        AND NOT EXISTS (SELECT 1 FROM basic_auth_sessions WHERE id = ?2)";

const STAMP_OVERDUE: &str = "UPDATE basic_auth_sessions SET revoked_at = ?3
    WHERE id = ?1 AND account_id = ?2 AND revoked_at IS NULL AND expires_at <= ?3";

const ACCOUNT: &str = "SELECT id, email, display_name, token_version
    FROM basic_auth_accounts WHERE id = ?1 AND token_version = ?2";

/// The row and its successors; more rotations than this inside one grace window are no browser.
const CHAIN: &str = "WITH RECURSIVE chain (hop, id) AS (
        SELECT 0, ?1
        UNION ALL
        SELECT hop + 1, s.replaced_by_session_id
        FROM chain JOIN basic_auth_sessions s ON s.id = chain.id
        WHERE s.replaced_by_session_id IS NOT NULL AND hop < 64)
    SELECT s.id, s.account_id, s.refresh_token_hash, s.expires_at, s.revoked_at,
        s.replaced_by_session_id, s.rotation_grace_until, s.rotation_grace_refresh_token
    FROM chain JOIN basic_auth_sessions s ON s.id = chain.id
    ORDER BY chain.hop";
