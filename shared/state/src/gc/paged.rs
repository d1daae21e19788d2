//! [`Collector`] of rows that stand in no order of their ends: a pass reads the table in the order
//! of its key, a page at a time on a reader, and removes what is free of each page.

use async_trait::async_trait;
use or3_domain::gc::{Collector, Done, Found, Kind, Piece, Survey, Tally};
use or3_domain::store::StoreError;
use serde_json::{Value, json};

use crate::database::Database;
use crate::statement::{self, Row, Statement};

/// One kind of row; its key has four columns.
pub(super) struct Paged {
    kind: Kind,
    /// A key before all keys, as JSON.
    before_all: &'static str,
    /// The keys behind `?1` to `?4`, at most `?5` of them; a fifth column says whether the row is
    /// free at the moment `?6`, and a sixth what it is called.
    page: &'static str,
    /// Removes the rows whose keys `?1` lists, if they are still free at the moment `?2`.
    remove: &'static str,
}

/// Collects one kind of row.
pub(super) struct PagedCollector {
    pub(super) database: Database,
    pub(super) rows: &'static Paged,
}

/// How many rows are looked at for each that may be removed.
const LOOKED_AT: u32 = 8;

#[async_trait]
impl Collector for PagedCollector {
    fn kind(&self) -> Kind {
        self.rows.kind
    }

    async fn collect(&self, piece: &Piece<'_>) -> Result<Done, StoreError> {
        let page = self.page(piece).await?;
        let mut tally = Tally::default();
        if !page.free.is_empty() {
            // What is free stays free; it is asked again all the same, where it is removed.
            let keys: Value = page.free.into_iter().map(|(key, _)| key).collect();
            let remove = Statement::new(self.rows.remove)
                .bind(keys.to_string())
                .bind(piece.now.millis());
            tally.removed = self.database.execute(remove).await?.changed;
        }
        Ok(Done {
            tally,
            next: page.next,
        })
    }

    async fn survey(&self, piece: &Piece<'_>) -> Result<Survey, StoreError> {
        let page = self.page(piece).await?;
        let named = |(_, name)| Found { name, bytes: 0 };
        Ok(Survey {
            found: page.free.into_iter().map(named).collect(),
            next: page.next,
        })
    }
}

/// Free rows of a page, by key and name, and where the next page begins.
struct Page {
    free: Vec<(Value, String)>,
    next: Option<String>,
}

impl PagedCollector {
    async fn page(&self, piece: &Piece<'_>) -> Result<Page, StoreError> {
        let (most, looked_at) = (piece.at_most as usize, piece.at_most * LOOKED_AT);
        let rows = self
            .database
            .query(self.look(piece, looked_at)?)
            .await?
            .rows;
        let (mut free, mut last) = (Vec::new(), None);
        for row in &rows {
            if row.flag(4)? {
                free.push((key(row)?, row.string(5)?));
            }
            last = Some(row);
            if free.len() == most {
                break;
            }
        }
        let cut = free.len() == most || rows.len() == looked_at as usize;
        let next = last.filter(|_| cut).map(key).transpose()?;
        Ok(Page {
            free,
            next: next.map(|key| key.to_string()),
        })
    }

    fn look(&self, piece: &Piece<'_>, looked_at: u32) -> Result<Statement, StoreError> {
        let position = piece.position.unwrap_or(self.rows.before_all);
        // A position of another build: the pass begins anew.
        let after = serde_json::from_str(position).or_else(|_| {
            serde_json::from_str::<Vec<Value>>(self.rows.before_all)
                .map_err(|error| StoreError::Fault(error.to_string()))
        })?;
        let look = after
            .iter()
            .fold(Statement::new(self.rows.page), |look, part| {
                match part.as_i64() {
                    Some(number) => look.bind(number),
                    None => look.bind(part.as_str().unwrap_or_default()),
                }
            });
        Ok(look.bind(looked_at).bind(piece.now.millis()))
    }
}

fn key(row: &Row) -> Result<Value, StoreError> {
    let part = |column: &statement::Value| match column {
        statement::Value::Integer(number) => Ok(json!(number)),
        statement::Value::Text(text) => Ok(json!(text)),
        other => Err(StoreError::Fault(format!("a key holds {other:?}"))),
    };
    row.0.iter().take(4).map(part).collect()
}

/// Counted requests. Subjects are people and addresses, so that only the policy is named.
pub(super) const RATE_LIMITS: Paged = Paged {
    kind: Kind::RateLimits,
    before_all: r#"["", "", 0, 0]"#,
    page: "SELECT policy, subject, hit_at, nonce, expires_at <= ?6, policy FROM rate_hits
        WHERE (policy, subject, hit_at, nonce) > (?1, ?2, ?3, ?4)
        ORDER BY policy, subject, hit_at, nonce LIMIT ?5",
    remove: "DELETE FROM rate_hits WHERE (policy, subject, hit_at, nonce) IN (
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?1))
        AND expires_at <= ?2",
};

/// States that pushes overtook while a snapshot could be read, once none looks back to them.
pub(super) const SNAPSHOT_STATES: Paged = Paged {
    kind: Kind::SnapshotStates,
    before_all: r#"[0, -1, "", 0]"#,
    page: "WITH kept AS MATERIALIZED (
            SELECT workspace, min(watermark) AS watermark FROM sync_snapshots
            WHERE expires_at > ?6 GROUP BY workspace)
        SELECT y.workspace, y.table_id, y.pk, y.through,
            NOT EXISTS (SELECT 1 FROM kept k
                WHERE k.workspace = y.workspace AND k.watermark <= y.through),
            json_array(y.workspace, y.table_id, y.pk, y.through)
        FROM sync_row_history y
        WHERE (y.workspace, y.table_id, y.pk, y.through) > (?1, ?2, ?3, ?4)
        ORDER BY y.workspace, y.table_id, y.pk, y.through LIMIT ?5",
    remove: "WITH kept AS MATERIALIZED (
            SELECT workspace, min(watermark) AS watermark FROM sync_snapshots
            WHERE expires_at > ?2 GROUP BY workspace)
        DELETE FROM sync_row_history WHERE (workspace, table_id, pk, through) IN (
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?1))
            AND NOT EXISTS (SELECT 1 FROM kept k
                WHERE k.workspace = sync_row_history.workspace
                    AND k.watermark <= sync_row_history.through)",
};
