//! Deleted rows: they keep their revision and lose their content.

use or3_domain::gc::{Done, Found, Survey, Tally};
use or3_domain::store::StoreError;
use or3_domain::sync::{HistoryPiece, Table};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::sql::number;
use super::{about, expire_devices, facts, read, write};
use crate::database::{Database, answers};
use crate::statement::Row;

/// Where a pass stands.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
enum Stage {
    /// Devices that were not seen are let go.
    #[default]
    Devices,
    /// Rows behind a table and key.
    Behind(i64, String),
}

pub(super) async fn collect(
    database: &Database,
    piece: &HistoryPiece<'_>,
) -> Result<Done, StoreError> {
    let stage = read::<Stage>(piece.position).unwrap_or_default();
    let facts = facts(database, piece).await?;
    if matches!(stage, Stage::Devices) && facts.stale_devices > 0 {
        expire_devices(database, piece).await?;
        let next = write(&Stage::Devices)?;
        return Ok(Done {
            next,
            ..Done::default()
        });
    }
    let page = page(database, piece, &stage, facts.held).await?;
    let mut tally = Tally::default();
    if !page.old.is_empty() {
        let key = |row: &Deleted| json!([row.table, row.pk, row.seq]);
        let rows: Value = page.old.iter().map(key).collect();
        let forget = about(FORGET, piece.workspace).bind(rows.to_string());
        let batch = vec![forget, about(UNSWEEP, piece.workspace)];
        let [forgotten, _] = answers(database.write(batch).await?)?;
        tally.removed = forgotten.changed;
    }
    Ok(Done {
        tally,
        next: page.next,
    })
}

pub(super) async fn survey(
    database: &Database,
    piece: &HistoryPiece<'_>,
) -> Result<Survey, StoreError> {
    let stage = read::<Stage>(piece.position).unwrap_or_default();
    let facts = facts(database, piece).await?;
    let page = page(database, piece, &stage, facts.held).await?;
    Ok(Survey {
        found: page.old.iter().map(found).collect(),
        next: page.next,
    })
}

fn found(row: &Deleted) -> Found {
    let table = Table::coded(row.table).map_or("?", Table::name);
    Found {
        name: format!("{table}/{}", row.pk),
        bytes: row.bytes,
    }
}

/// A deleted row that has content.
struct Deleted {
    table: i64,
    pk: String,
    seq: i64,
    bytes: u64,
}

struct Page {
    old: Vec<Deleted>,
    next: Option<String>,
}

/// A page of deleted rows that have content, and which of them are old enough and known to all.
async fn page(
    database: &Database,
    piece: &HistoryPiece<'_>,
    stage: &Stage,
    held: i64,
) -> Result<Page, StoreError> {
    let (table, pk) = match stage {
        Stage::Devices => (-1, ""),
        Stage::Behind(table, pk) => (*table, pk.as_str()),
    };
    let look = about(PAGE, piece.workspace)
        .bind(piece.window.from.millis())
        .bind(held)
        .bind(table)
        .bind(pk)
        .bind(piece.at_most);
    let rows = database.query(look).await?.rows;
    let full = rows.len() >= piece.at_most as usize;
    let last = rows.last().filter(|_| full);
    let last = last.map(|row| Ok::<_, StoreError>(Stage::Behind(row.int(0)?, row.string(1)?)));
    let next = last.transpose()?.map(|stage| write(&stage)).transpose()?;
    let mut old = Vec::new();
    for row in &rows {
        if row.flag(4)? {
            old.push(deleted(row)?);
        }
    }
    Ok(Page {
        old,
        next: next.flatten(),
    })
}

fn deleted(row: &Row) -> Result<Deleted, StoreError> {
    Ok(Deleted {
        table: row.int(0)?,
        pk: row.string(1)?,
        seq: row.int(2)?,
        bytes: u64::try_from(row.opt_int(3)?.unwrap_or_default()).unwrap_or_default(),
    })
}

const PAGE: &str = concat!(
    "SELECT r.table_id, r.pk, r.seq, octet_length(p.payload),
        c.created_at < ?2 AND r.seq & 0xFFFFFFFFFF <= ?3
    FROM sync_rows r
    CROSS JOIN change_log c ON c.seq = r.seq
    LEFT JOIN change_log p ON p.seq = r.payload_seq
    WHERE r.workspace = ",
    number!(),
    " AND (r.table_id, r.pk) > (?4, ?5) AND r.deleted AND r.payload_seq IS NOT NULL
    ORDER BY r.table_id, r.pk LIMIT ?6"
);

/// A row that has moved on meanwhile stays as it is: it may live again.
const FORGET: &str = concat!(
    "UPDATE sync_rows SET payload_seq = NULL
    WHERE workspace = ",
    number!(),
    " AND (table_id, pk, seq) IN (
            SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?2))
        AND deleted AND payload_seq IS NOT NULL
        AND seq & 0xFFFFFFFFFF <= coalesce((SELECT min(version) FROM device_cursors d
            WHERE d.workspace = sync_rows.workspace), 0xFFFFFFFFFF)"
);

/// The entries that held the content are free now.
const UNSWEEP: &str = concat!(
    "UPDATE sync_heads SET swept_head = -1 WHERE workspace = ",
    number!()
);
