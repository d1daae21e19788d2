//! [`Collector`] of the states that pushes overtook while a snapshot could be read, once no
//! snapshot looks back to them.

use async_trait::async_trait;
use or3_domain::clock::Timestamp;
use or3_domain::gc::{Collector, Done, Found, Kind, Piece, Survey, Tally};
use or3_domain::store::StoreError;
use serde_json::{Value, json};

use crate::database::Database;
use crate::statement::{Answer, Row, Statement};

pub(super) struct SnapshotStates {
    pub(super) database: Database,
}

#[async_trait]
impl Collector for SnapshotStates {
    fn kind(&self) -> Kind {
        Kind::SnapshotStates
    }

    async fn collect(&self, piece: &Piece<'_>) -> Result<Done, StoreError> {
        let page = self.page(piece).await?;
        if page.free.is_empty() {
            return Ok(Done {
                next: page.next,
                ..Done::default()
            });
        }
        // A state that no snapshot needs is needed by no later one either; it is asked again all
        // the same, inside the transaction that removes it.
        let keys = Value::Array(page.free).to_string();
        let remove = Statement::new(REMOVE).bind(keys).bind(piece.now.millis());
        let removed = self.database.execute(remove).await?.changed;
        Ok(Done {
            tally: Tally { removed, bytes: 0 },
            next: page.next,
        })
    }

    async fn survey(&self, piece: &Piece<'_>) -> Result<Survey, StoreError> {
        let page = self.page(piece).await?;
        let name = |key: &Value| Found {
            name: key.to_string(),
            bytes: 0,
        };
        Ok(Survey {
            found: page.free.iter().map(name).collect(),
            next: page.next,
        })
    }
}

/// The keys of a page that no snapshot needs, and where the next page begins.
struct Page {
    free: Vec<Value>,
    next: Option<String>,
}

impl SnapshotStates {
    async fn page(&self, piece: &Piece<'_>) -> Result<Page, StoreError> {
        let rows = self.database.query(page_statement(piece)).await?;
        let full = rows.rows.len() >= piece.at_most as usize;
        let next = rows.rows.last().filter(|_| full).map(key).transpose()?;
        Ok(Page {
            free: free(&rows)?,
            next: next.map(|key| key.to_string()),
        })
    }
}

fn page_statement(piece: &Piece<'_>) -> Statement {
    let after = piece
        .position
        .and_then(|text| serde_json::from_str(text).ok());
    let (workspace, table, pk, through): (i64, i64, String, i64) =
        after.unwrap_or((0, -1, String::new(), 0));
    Statement::new(PAGE)
        .bind(workspace)
        .bind(table)
        .bind(pk)
        .bind(through)
        .bind(piece.at_most)
        .bind(Timestamp::millis(piece.now))
}

fn free(rows: &Answer) -> Result<Vec<Value>, StoreError> {
    let mut free = Vec::new();
    for row in &rows.rows {
        if row.flag(4)? {
            free.push(key(row)?);
        }
    }
    Ok(free)
}

fn key(row: &Row) -> Result<Value, StoreError> {
    Ok(json!([row.int(0)?, row.int(1)?, row.text(2)?, row.int(3)?]))
}

const PAGE: &str = "WITH kept AS MATERIALIZED (
        SELECT workspace, min(watermark) AS watermark FROM sync_snapshots
        WHERE expires_at > ?6 GROUP BY workspace)
    SELECT y.workspace, y.table_id, y.pk, y.through,
        NOT EXISTS (SELECT 1 FROM kept k
            WHERE k.workspace = y.workspace AND k.watermark <= y.through)
    FROM sync_row_history y
    WHERE (y.workspace, y.table_id, y.pk, y.through) > (?1, ?2, ?3, ?4)
    ORDER BY y.workspace, y.table_id, y.pk, y.through LIMIT ?5";

const REMOVE: &str = "WITH kept AS MATERIALIZED (
        SELECT workspace, min(watermark) AS watermark FROM sync_snapshots
        WHERE expires_at > ?2 GROUP BY workspace)
    DELETE FROM sync_row_history WHERE (workspace, table_id, pk, through) IN (
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?1))
        AND NOT EXISTS (SELECT 1 FROM kept k
            WHERE k.workspace = sync_row_history.workspace
                AND k.watermark <= sync_row_history.through)";
