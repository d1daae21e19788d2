//! Blobs that were found damaged: one row each, whoever found it and in whatever process.

use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{ContentHash, Damage, DamagedBlob};
use or3_domain::store::StoreError;
use serde_json::Value;

use super::unsigned;
use crate::database::Database;
use crate::statement::{Row, Statement};

/// Counts a finding.
pub(super) async fn note(
    database: &Database,
    workspace: &WorkspaceId,
    hash: &ContentHash,
    now: Timestamp,
) -> Result<(), StoreError> {
    let note = Statement::new(NOTE)
        .bind(workspace.as_str())
        .bind(hash.digest().to_vec())
        .bind(now.millis());
    database.execute(note).await.map(drop)
}

/// Ends the damage of `hashes`, as far as it was last seen before `looked_at`.
pub(super) async fn forget(
    database: &Database,
    workspace: &WorkspaceId,
    hashes: &[ContentHash],
    looked_at: Timestamp,
) -> Result<(), StoreError> {
    let digests: Value = hashes.iter().map(ContentHash::hex).collect();
    let forget = Statement::new(FORGET)
        .bind(workspace.as_str())
        .bind(digests.to_string())
        .bind(looked_at.millis());
    database.execute(forget).await.map(drop)
}

/// At most `limit` damaged blobs, those first that were seen last.
pub(super) async fn list(database: &Database, limit: u32) -> Result<Vec<DamagedBlob>, StoreError> {
    let listed = Statement::new(LIST).bind(i64::from(limit));
    let rows = database.query(listed).await?.rows;
    rows.iter().map(damaged).collect()
}

/// How many there are, and when the last finding was.
pub(super) async fn count(database: &Database) -> Result<Damage, StoreError> {
    let row = database.query(Statement::new(COUNT)).await?.into_first();
    let row = row.ok_or_else(|| StoreError::Fault("a count without a row".to_owned()))?;
    Ok(Damage {
        blobs: unsigned(row.int(0)?)?,
        last_seen_at: row.opt_int(1)?.map(Timestamp::from_millis),
    })
}

fn damaged(row: &Row) -> Result<DamagedBlob, StoreError> {
    let digest = row.blob(1)?;
    let unknown = || StoreError::Fault(format!("a digest of {} bytes", digest.len()));
    Ok(DamagedBlob {
        workspace: WorkspaceId::new(row.string(0)?),
        hash: ContentHash::of_digest(digest).ok_or_else(unknown)?,
        found_at: Timestamp::from_millis(row.int(2)?),
        seen_at: Timestamp::from_millis(row.int(3)?),
        times: unsigned(row.int(4)?)?,
    })
}

const NOTE: &str = "INSERT INTO damaged_blobs (workspace, hash, found_at, seen_at, times)
    SELECT number, ?2, ?3, ?3, 1 FROM workspaces WHERE id = ?1
    ON CONFLICT (workspace, hash) DO UPDATE SET
        seen_at = max(seen_at, excluded.seen_at), times = times + 1";

const FORGET: &str = "DELETE FROM damaged_blobs
    WHERE workspace = (SELECT number FROM workspaces WHERE id = ?1)
        AND hash IN (SELECT unhex(value) FROM json_each(?2)) AND seen_at < ?3";

const LIST: &str = "SELECT w.id, d.hash, d.found_at, d.seen_at, d.times
    FROM damaged_blobs AS d JOIN workspaces AS w ON w.number = d.workspace
    ORDER BY d.seen_at DESC, w.id, d.hash LIMIT ?1";

const COUNT: &str = "SELECT count(*), max(seen_at) FROM damaged_blobs";
