//! Snapshots: a version to look back from. Rows as they stood at that version are still in
//! `sync_rows`, or in `sync_row_history` if a push has overtaken them since.

use or3_domain::clock::Timestamp;
use or3_domain::store::StoreError;
use or3_domain::sync::{
    ItemKey, ItemState, NextPage, Revision, SNAPSHOT_LIFETIME, SnapshotError, SnapshotItem,
    SnapshotPage, SnapshotReader, TableSet,
};

use super::sql::{head_seq, number, table};
use crate::database::{Database, answers};
use crate::statement::{Answer, Row, Statement};

pub(super) async fn start(
    database: &Database,
    id: &str,
    reader: &SnapshotReader,
    tables: TableSet,
    now: Timestamp,
) -> Result<SnapshotPage, StoreError> {
    let expires_at = now.plus(SNAPSHOT_LIFETIME).millis();
    let workspace = reader.workspace.as_str();
    let batch = vec![
        Statement::new(FORGET).bind(now.millis()),
        Statement::new(CAPTURE)
            .bind(workspace)
            .bind(id)
            .bind(reader.user.as_str())
            .bind(i64::from(tables.bits()))
            .bind(expires_at),
        Statement::new(HOLD).bind(workspace).bind(expires_at),
        Statement::new(LOOK_UP).bind(id),
        page_statement(id, reader, None),
    ];
    let [_, _, _, found, items] = answers(database.write(batch).await?)?;
    let snapshot = found
        .into_first()
        .ok_or_else(|| StoreError::Fault("the session's workspace has no row".to_owned()))?;
    page(id, snapshot.int(2)?, reader, items)
}

pub(super) async fn next(
    database: &Database,
    wanted: &NextPage,
    reader: &SnapshotReader,
    now: Timestamp,
) -> Result<SnapshotPage, SnapshotError> {
    let batch = vec![
        Statement::new(LOOK_UP).bind(wanted.id.as_str()),
        page_statement(&wanted.id, reader, Some(&wanted.after)),
    ];
    let [found, items] = answers(database.read(batch).await?)?;
    let snapshot = found.into_first().ok_or(SnapshotError::Gone)?;
    if snapshot.int(4)? <= now.millis() {
        return Err(SnapshotError::Gone);
    }
    let own =
        snapshot.text(0)? == reader.workspace.as_str() && snapshot.text(1)? == reader.user.as_str();
    if !own {
        return Err(SnapshotError::Foreign);
    }
    let tables = TableSet::of_bits(snapshot.int(3)?);
    if wanted.tables.is_some_and(|repeated| repeated != tables) {
        return Err(SnapshotError::FilterChanged);
    }
    Ok(page(&wanted.id, snapshot.int(2)?, reader, items)?)
}

fn page_statement(id: &str, reader: &SnapshotReader, after: Option<&ItemKey>) -> Statement {
    Statement::new(PAGE)
        .bind(id)
        .bind(after.map_or(-1, |key| i64::from(key.table.code())))
        .bind(after.map_or("", |key| &key.pk))
        .bind(reader.page_size)
        .bind(reader.max_bytes)
}

fn page(
    id: &str,
    watermark: i64,
    reader: &SnapshotReader,
    found: Answer,
) -> Result<SnapshotPage, StoreError> {
    let shown = found.rows.len().min(reader.page_size as usize);
    let total = found.rows.first().map_or(Ok(0), |row| row.int(0))?;
    let items = found.rows.into_iter().take(shown).map(item);
    Ok(SnapshotPage {
        id: id.to_owned(),
        watermark,
        items: items.collect::<Result<_, _>>()?,
        has_more: total > i64::try_from(shown).unwrap_or(i64::MAX),
    })
}

fn item(mut row: Row) -> Result<SnapshotItem, StoreError> {
    let state = if row.flag(3)? {
        ItemState::Tombstone(Timestamp::from_millis(row.int(7)?))
    } else {
        ItemState::Row(row.take_string(8)?)
    };
    Ok(SnapshotItem {
        key: ItemKey {
            table: table(&row, 1)?,
            pk: row.take_string(2)?,
        },
        revision: Revision {
            clock: row.int(4)?,
            hlc: row.take_string(5)?,
            op_id: row.take_string(6)?,
        },
        state,
    })
}

/// A few, so that nobody waits; collection removes the rest, and the states kept for them.
const FORGET: &str = "DELETE FROM sync_snapshots WHERE id IN (
    SELECT id FROM sync_snapshots WHERE expires_at <= ?1 ORDER BY expires_at LIMIT 100)";

const CAPTURE: &str = concat!(
    "INSERT INTO sync_snapshots (id, workspace, user_id, watermark, tables, expires_at)
    SELECT ?2, ",
    head_seq!(),
    " >> 40, ?3, ",
    head_seq!(),
    " & 0xFFFFFFFFFF, ?4, ?5"
);

/// From now on pushes keep what they overtake.
const HOLD: &str = concat!(
    "INSERT INTO sync_heads (workspace, head, snapshots_until) VALUES (",
    number!(),
    ", 0, ?2)
    ON CONFLICT (workspace) DO UPDATE SET
        snapshots_until = max(snapshots_until, excluded.snapshots_until)"
);

const LOOK_UP: &str = "SELECT w.id, s.user_id, s.watermark, s.tables, s.expires_at
    FROM sync_snapshots s JOIN workspaces w ON w.number = s.workspace WHERE s.id = ?1";

/// The states at the watermark behind a key, in the order of keys. Of each row at most one state
/// reaches from its version up to the watermark.
const PAGE: &str = "WITH s AS MATERIALIZED (SELECT * FROM sync_snapshots WHERE id = ?1),
    found AS (
        SELECT table_id, pk, seq, payload_seq, deleted, owner FROM sync_rows
        WHERE workspace = (SELECT workspace FROM s) AND (table_id, pk) > (?2, ?3)
            AND seq & 0xFFFFFFFFFF <= (SELECT watermark FROM s)
            AND (SELECT tables FROM s) >> table_id & 1
            AND (owner IS NULL OR owner = (SELECT user_id FROM s))
        UNION ALL
        SELECT table_id, pk, seq, payload_seq, deleted, owner FROM sync_row_history
        WHERE workspace = (SELECT workspace FROM s) AND (table_id, pk) > (?2, ?3)
            AND seq & 0xFFFFFFFFFF <= (SELECT watermark FROM s)
            AND through >= (SELECT watermark FROM s)
            AND (SELECT tables FROM s) >> table_id & 1
            AND (owner IS NULL OR owner = (SELECT user_id FROM s))
        ORDER BY 1, 2 LIMIT ?4 + 1),
    sized AS (
        SELECT f.*, iif(f.deleted, 0, octet_length(p.payload)) AS bytes
        FROM found f LEFT JOIN change_log p ON p.seq = f.payload_seq),
    page AS (
        SELECT *, count(*) OVER () AS total, sum(bytes)
            OVER (ORDER BY table_id, pk ROWS UNBOUNDED PRECEDING) - bytes AS before
        FROM sized)
    SELECT total, page.table_id, page.pk, page.deleted, c.clock, c.hlc, c.op_id, c.created_at,
        (SELECT payload FROM change_log WHERE seq = page.payload_seq)
    FROM page CROSS JOIN change_log c ON c.seq = page.seq
    WHERE before < ?5 OR before = 0
    ORDER BY page.table_id, page.pk";
