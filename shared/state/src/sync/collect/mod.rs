//! Forgetting what every device has (sync contract, 15), piece by piece.
//!
//! A piece looks first, on a reader, where it holds nobody up; what it found is then written by
//! one short transaction. Between the two others may write. What a piece finds stays true, or is
//! asked again by the transaction: entries do not change and do not grow younger, and an entry
//! that no row stands on is stood on by none later, because rows only move on to newer ones.

mod log;
mod next;
mod tombstones;

use or3_domain::clock::Timestamp;
use or3_domain::gc::{Done, Survey};
use or3_domain::ids::WorkspaceId;
use or3_domain::store::StoreError;
use or3_domain::sync::{History, HistoryPiece};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(super) use next::next_workspace;

use super::sql::{existing, number};
use crate::database::Database;
use crate::statement::Statement;

pub(super) async fn collect(
    database: &Database,
    history: History,
    piece: &HistoryPiece<'_>,
) -> Result<Done, StoreError> {
    match history {
        History::ChangeLog => log::collect(database, piece).await,
        History::Tombstones => tombstones::collect(database, piece).await,
    }
}

pub(super) async fn survey(
    database: &Database,
    history: History,
    piece: &HistoryPiece<'_>,
) -> Result<Survey, StoreError> {
    match history {
        History::ChangeLog => log::survey(database, piece).await,
        History::Tombstones => tombstones::survey(database, piece).await,
    }
}

/// What a piece looks at first.
struct Facts {
    head: i64,
    floor: i64,
    swept_head: i64,
    /// How many devices the window lets go.
    stale_devices: i64,
    /// The smallest version that all other devices have; without any, the head.
    held: i64,
}

async fn facts(database: &Database, piece: &HistoryPiece<'_>) -> Result<Facts, StoreError> {
    let look = about(FACTS, piece.workspace).bind(piece.window.seen_since.millis());
    let row = existing(database.query(look).await?.into_first())?;
    Ok(Facts {
        head: row.int(0)?,
        floor: row.int(1)?,
        swept_head: row.int(2)?,
        stale_devices: row.int(3)?,
        held: row.int(4)?,
    })
}

/// Lets the first devices go that were not seen since; they are judged again on the way.
async fn expire_devices(database: &Database, piece: &HistoryPiece<'_>) -> Result<(), StoreError> {
    let expire = about(EXPIRE_DEVICES, piece.workspace)
        .bind(Timestamp::millis(piece.window.seen_since))
        .bind(piece.at_most);
    database.execute(expire).await.map(drop)
}

fn about(sql: &'static str, workspace: &WorkspaceId) -> Statement {
    Statement::new(sql).bind(workspace.as_str())
}

/// A position of another build is none: the pass begins anew.
fn read<T: DeserializeOwned>(position: Option<&str>) -> Option<T> {
    position.and_then(|text| serde_json::from_str(text).ok())
}

fn write<T: Serialize>(stage: &T) -> Result<Option<String>, StoreError> {
    let text = serde_json::to_string(stage);
    text.map(Some)
        .map_err(|error| StoreError::Fault(error.to_string()))
}

/// The smallest version that every device in the rows has; without devices, the head of `h`.
macro_rules! held {
    () => {
        "coalesce((SELECT min(version) FROM device_cursors d WHERE d.workspace = h.workspace), head)"
    };
}
use held;

const FACTS: &str = "SELECT coalesce(h.head, 0), coalesce(h.floor, 0), coalesce(h.swept_head, -1),
        (SELECT count(*) FROM device_cursors d WHERE d.workspace = w.number AND d.seen_at < ?2),
        coalesce((SELECT min(d.version) FROM device_cursors d
            WHERE d.workspace = w.number AND d.seen_at >= ?2), h.head, 0)
    FROM workspaces w LEFT JOIN sync_heads h ON h.workspace = w.number WHERE w.id = ?1";

const EXPIRE_DEVICES: &str = concat!(
    "DELETE FROM device_cursors WHERE workspace = ",
    number!(),
    " AND device_id IN (SELECT device_id FROM device_cursors
        WHERE workspace = ",
    number!(),
    " AND seen_at < ?2 LIMIT ?3)"
);
