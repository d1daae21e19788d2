//! The sessions of one account: which live, and ending them.

use std::slice;

use or3_domain::audit::{Action, NewEntry};
use or3_domain::auth::{LiveSession, Origin};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{AccountId, SessionId};
use or3_domain::store::StoreError;
use serde_json::json;

use crate::audit;
use crate::database::{Database, answers};
use crate::statement::{Row, Statement};

pub(super) async fn list(
    database: &Database,
    account: &AccountId,
    now: Timestamp,
) -> Result<Vec<LiveSession>, StoreError> {
    let list = about(LIST, account, now);
    let rows = database.query(list).await?.rows;
    rows.iter().map(session).collect()
}

pub(super) async fn end(
    database: &Database,
    account: &AccountId,
    session: &SessionId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let end = end_through_rotations(account, slice::from_ref(session), now);
    let known = Statement::new(KNOWN)
        .bind(account.as_str())
        .bind(session.as_str());
    let told = told(account, now).on(session.as_str());
    let batch = vec![end, audit::entry(&told, audit::DONE), known];
    let [_, _, known] = answers(database.write(batch).await?)?;
    Ok(!known.rows.is_empty())
}

pub(super) async fn end_others(
    database: &Database,
    account: &AccountId,
    kept: &SessionId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let end = about(END_OTHERS, account, now).bind(kept.as_str());
    let told = told(account, now).saying("all others");
    let batch = vec![end, audit::entry(&told, audit::DONE)];
    let [ended, _] = answers(database.write(batch).await?)?;
    Ok(ended.changed)
}

/// Ends the living ones among `sessions` of `account`, and whatever rotation made of them since
/// their ids were read.
pub(super) fn end_through_rotations(
    account: &AccountId,
    sessions: &[SessionId],
    now: Timestamp,
) -> Statement {
    about(END, account, now).bind(json!(sessions).to_string())
}

fn told(account: &AccountId, now: Timestamp) -> NewEntry {
    NewEntry::new(now, Action::SessionEnd, account.as_str())
}

fn about(sql: &'static str, account: &AccountId, now: Timestamp) -> Statement {
    Statement::new(sql)
        .bind(account.as_str())
        .bind(now.millis())
}

fn session(row: &Row) -> Result<LiveSession, StoreError> {
    Ok(LiveSession {
        id: SessionId::new(row.text(0)?),
        signed_in_at: Timestamp::from_millis(row.int(1)?),
        renewed_at: Timestamp::from_millis(row.int(2)?),
        expires_at: Timestamp::from_millis(row.int(3)?),
        origin: Origin {
            ip_address: row.opt_string(4)?,
            user_agent: row.opt_string(5)?,
        },
    })
}

/// More than anybody has devices: whoever fills this signs in by a program.
const LIST: &str = "SELECT id, coalesce(signed_in_at, created_at), created_at, expires_at,
        ip_address, user_agent
    FROM basic_auth_sessions
    WHERE account_id = ?1 AND revoked_at IS NULL AND expires_at > ?2
    ORDER BY created_at DESC, id LIMIT 200";

/// Rotation may have given a session another row since its id was read: its successors are it.
const END: &str = "UPDATE basic_auth_sessions SET revoked_at = ?2
    WHERE account_id = ?1 AND revoked_at IS NULL AND id IN (
        WITH RECURSIVE chain (hop, id) AS (
            SELECT 0, value FROM json_each(?3)
            UNION ALL
            SELECT hop + 1, s.replaced_by_session_id
            FROM chain JOIN basic_auth_sessions s ON s.id = chain.id
            WHERE s.account_id = ?1 AND s.replaced_by_session_id IS NOT NULL AND hop < 4096)
        SELECT id FROM chain)";

const KNOWN: &str = "SELECT 1 FROM basic_auth_sessions WHERE account_id = ?1 AND id = ?2";

const END_OTHERS: &str = "UPDATE basic_auth_sessions SET revoked_at = ?2
    WHERE account_id = ?1 AND revoked_at IS NULL AND expires_at > ?2 AND id <> ?3";
