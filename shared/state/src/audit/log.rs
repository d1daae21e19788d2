//! [`AuditLog`] on rows.

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::audit::{Action, AuditLog, Entry, Head, Link, NewEntry, Sealed};
use or3_domain::clock::Timestamp;
use or3_domain::store::StoreError;
use serde_json::json;

use super::{sql, unless_flooded};
use crate::database::{Database, answers};
use crate::open::State;
use crate::statement::{Row, Statement};

/// Keeps the audit trail in the main database.
pub(super) struct LibsqlAuditLog {
    pub(super) database: Database,
}

impl State {
    /// The port of the audit trail.
    pub fn audit_log(&self) -> Arc<dyn AuditLog> {
        Arc::new(LibsqlAuditLog {
            database: self.main(),
        })
    }
}

#[async_trait]
impl AuditLog for LibsqlAuditLog {
    async fn append(&self, entry: &NewEntry) -> Result<(), StoreError> {
        self.database.execute(unless_flooded(entry)).await.map(drop)
    }

    async fn seal(&self, at_most: u32) -> Result<Sealed, StoreError> {
        let batch = vec![
            Statement::new(sql::HEAD),
            Statement::new(sql::UNSEALED).bind(at_most),
        ];
        let [head, unsealed] = answers(self.database.read(batch).await?)?;
        let head = head_of(head.into_first())?;
        let mut link = head.head_link;
        let mut links = Vec::new();
        for row in &unsealed.rows {
            let entry = entry(row)?;
            link = link.of(&entry);
            links.push((entry.seq, link.to_string()));
        }
        let Some((last, _)) = links.last() else {
            return Ok(Sealed {
                entries: 0,
                more: false,
            });
        };
        let ends = |sql| {
            Statement::new(sql)
                .bind(head.head_seq)
                .bind(head.head_link.0.to_vec())
        };
        let batch = vec![
            ends(sql::SEAL).bind(json!(links).to_string()),
            ends(sql::ADVANCE).bind(*last).bind(link.0.to_vec()),
        ];
        let [sealed, _] = answers(self.database.write(batch).await?)?;
        Ok(Sealed {
            entries: u32::try_from(sealed.changed).unwrap_or(u32::MAX),
            more: links.len() >= at_most as usize,
        })
    }

    async fn head(&self) -> Result<Head, StoreError> {
        let head = self.database.query(Statement::new(sql::HEAD)).await?;
        head_of(head.into_first())
    }

    async fn newest(
        &self,
        before: Option<i64>,
        action: Option<Action>,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let newest = Statement::new(sql::NEWEST)
            .bind(before)
            .bind(action.map(Action::as_str))
            .bind(limit);
        self.entries(newest).await
    }

    async fn oldest(&self, after: i64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let oldest = Statement::new(sql::OLDEST).bind(after).bind(limit);
        self.entries(oldest).await
    }
}

impl LibsqlAuditLog {
    async fn entries(&self, list: Statement) -> Result<Vec<Entry>, StoreError> {
        let rows = self.database.query(list).await?.rows;
        rows.iter().map(entry).collect()
    }
}

fn head_of(row: Option<Row>) -> Result<Head, StoreError> {
    let row = row.ok_or_else(|| StoreError::Fault("the audit chain has no ends".to_owned()))?;
    Ok(Head {
        base_seq: row.int(0)?,
        base_link: link(&row, 1)?,
        head_seq: row.int(2)?,
        head_link: link(&row, 3)?,
    })
}

/// A link of another length is none of ours: the entry counts as changed.
fn link(row: &Row, column: usize) -> Result<Link, StoreError> {
    let bytes = row.blob(column)?;
    Ok(Link(bytes.try_into().unwrap_or([0xff; 32])))
}

fn entry(row: &Row) -> Result<Entry, StoreError> {
    let sealed = !matches!(row.0.get(9), Some(crate::statement::Value::Null));
    Ok(Entry {
        seq: row.int(0)?,
        at: Timestamp::from_millis(row.int(1)?),
        action: row.string(2)?,
        actor: row.string(3)?,
        target: row.opt_string(4)?,
        workspace: row.opt_string(5)?,
        ip_address: row.opt_string(6)?,
        request_id: row.opt_string(7)?,
        detail: row.opt_string(8)?,
        link: if sealed { Some(link(row, 9)?) } else { None },
    })
}
