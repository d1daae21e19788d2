//! [`Collector`] of audit entries: seals what is not, and removes what is over from the front, whose
//! last link the chain then begins with.

use std::time::Duration;

use async_trait::async_trait;
use or3_domain::audit::AuditLog;
use or3_domain::gc::{Collector, Done, Found, Kind, Piece, Survey, Tally};
use or3_domain::store::StoreError;

use super::log::LibsqlAuditLog;
use super::sql;
use crate::database::{Database, answers};
use crate::statement::Statement;

/// Seals and trims the audit trail.
pub(crate) struct AuditCollector {
    pub(crate) database: Database,
    /// How long entries stay.
    pub(crate) kept: Duration,
}

#[async_trait]
impl Collector for AuditCollector {
    fn kind(&self) -> Kind {
        Kind::Audit
    }

    async fn collect(&self, piece: &Piece<'_>) -> Result<Done, StoreError> {
        let log = LibsqlAuditLog {
            database: self.database.clone(),
        };
        let sealed = log.seal(piece.at_most).await?;
        let rebase = self.about(sql::REBASE, piece);
        let batch = vec![rebase, Statement::new(sql::TRIM)];
        let [_, trimmed] = answers(self.database.write(batch).await?)?;
        if sealed.entries > 0 || trimmed.changed > 0 {
            let head = log.head().await?;
            // Out of reach of whoever can write the rows: what they must not change any more.
            tracing::info!(seq = head.head_seq, link = %head.head_link, "audit trail sealed");
        }
        let more = sealed.more || trimmed.changed >= u64::from(piece.at_most);
        Ok(Done {
            tally: Tally {
                removed: trimmed.changed,
                bytes: 0,
            },
            next: more.then(String::new),
        })
    }

    async fn survey(&self, piece: &Piece<'_>) -> Result<Survey, StoreError> {
        let after: i64 = piece.position.unwrap_or_default().parse().unwrap_or(0);
        let rows = self
            .database
            .query(self.about(sql::OVER, piece).bind(after));
        let rows = rows.await?.rows;
        let more = rows.len() >= piece.at_most as usize;
        let last = rows.last().filter(|_| more);
        let next = last.map(|row| row.int(0).map(|seq| seq.to_string()));
        let found = rows.iter().map(|row| {
            Ok(Found {
                name: row.int(0)?.to_string(),
                bytes: 0,
            })
        });
        Ok(Survey {
            found: found.collect::<Result<_, StoreError>>()?,
            next: next.transpose()?,
        })
    }
}

impl AuditCollector {
    fn about(&self, sql: &'static str, piece: &Piece<'_>) -> Statement {
        let over = piece.now.minus(self.kept);
        Statement::new(sql).bind(over.millis()).bind(piece.at_most)
    }
}
