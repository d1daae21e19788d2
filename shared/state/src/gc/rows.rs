//! [`Collector`] of rows that are over at a moment that they name themselves.

use std::time::Duration;

use async_trait::async_trait;
use or3_domain::gc::{Collector, Done, Found, Kind, Piece, Survey, Tally};
use or3_domain::store::StoreError;

use crate::database::Database;
use crate::statement::{Row, Statement};

/// One kind of row. In both statements `?1` is the moment up to which rows are over and `?2` how
/// many may be taken.
pub(super) struct Rows {
    kind: Kind,
    /// Removes the rows that were over first.
    remove: &'static str,
    /// Names the rows that are over, behind the moment `?3` and the key `?4`: moment, key, name.
    list: &'static str,
}

/// Collects one kind of row.
pub(super) struct RowCollector {
    pub(super) database: Database,
    pub(super) rows: &'static Rows,
    /// How long rows stay after they are over.
    pub(super) kept: Duration,
}

#[async_trait]
impl Collector for RowCollector {
    fn kind(&self) -> Kind {
        self.rows.kind
    }

    /// What is over is removed from the front, so that a pass needs no position.
    async fn collect(&self, piece: &Piece<'_>) -> Result<Done, StoreError> {
        let removed = self.database.execute(self.about(self.rows.remove, piece));
        let removed = removed.await?.changed;
        let more = removed >= u64::from(piece.at_most);
        Ok(Done {
            tally: Tally { removed, bytes: 0 },
            next: more.then(String::new),
        })
    }

    async fn survey(&self, piece: &Piece<'_>) -> Result<Survey, StoreError> {
        let position = piece.position.unwrap_or_default();
        let (moment, key) = position.split_once('/').unwrap_or_default();
        let list = self
            .about(self.rows.list, piece)
            .bind(moment.parse().unwrap_or(i64::MIN))
            .bind(key);
        let rows = self.database.query(list).await?.rows;
        let more = rows.len() >= piece.at_most as usize;
        let next = rows.last().filter(|_| more).map(position_of).transpose()?;
        let found = rows.iter().map(|row| {
            Ok(Found {
                name: row.string(2)?,
                bytes: 0,
            })
        });
        Ok(Survey {
            found: found.collect::<Result<_, StoreError>>()?,
            next,
        })
    }
}

impl RowCollector {
    fn about(&self, sql: &'static str, piece: &Piece<'_>) -> Statement {
        let over = piece.now.minus(self.kept);
        Statement::new(sql).bind(over.millis()).bind(piece.at_most)
    }
}

fn position_of(row: &Row) -> Result<String, StoreError> {
    Ok(format!("{}/{}", row.int(0)?, row.text(1)?))
}

/// A refresh token carries its end too: without its row it is refused all the same.
pub(super) const SESSIONS: Rows = Rows {
    kind: Kind::Sessions,
    remove: "DELETE FROM basic_auth_sessions WHERE id IN (
        SELECT id FROM basic_auth_sessions WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
    list: "SELECT expires_at, id, id FROM basic_auth_sessions
        WHERE expires_at <= ?1 AND (expires_at, id) > (?3, ?4)
        ORDER BY expires_at, id LIMIT ?2",
};

/// The sealed successor's token goes when it cannot be given again; the row stays, so that a
/// replay is still known as one (auth contract, 5.4).
pub(super) const ROTATION_GRACE: Rows = Rows {
    kind: Kind::RotationGrace,
    remove: "UPDATE basic_auth_sessions
        SET rotation_grace_until = NULL, rotation_grace_refresh_token = NULL
        WHERE id IN (SELECT id FROM basic_auth_sessions
            WHERE rotation_grace_until <= ?1 ORDER BY rotation_grace_until LIMIT ?2)",
    list: "SELECT rotation_grace_until, id, id FROM basic_auth_sessions
        WHERE rotation_grace_until <= ?1 AND (rotation_grace_until, id) > (?3, ?4)
        ORDER BY rotation_grace_until, id LIMIT ?2",
};

pub(super) const INVITES: Rows = Rows {
    kind: Kind::Invites,
    remove: "DELETE FROM auth_invites WHERE id IN (
        SELECT id FROM auth_invites WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
    list: "SELECT expires_at, id, id FROM auth_invites
        WHERE expires_at <= ?1 AND (expires_at, id) > (?3, ?4)
        ORDER BY expires_at, id LIMIT ?2",
};

pub(super) const UPLOAD_INTENTS: Rows = Rows {
    kind: Kind::UploadIntents,
    remove: "DELETE FROM upload_intents WHERE (workspace, hash) IN (
        SELECT workspace, hash FROM upload_intents
        WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
    list: "SELECT * FROM (
            SELECT i.expires_at, w.id || '/' || lower(hex(i.hash)) AS key,
                w.id || '/' || lower(hex(i.hash)) AS name
            FROM upload_intents i JOIN workspaces w ON w.number = i.workspace
            WHERE i.expires_at <= ?1 AND i.expires_at >= ?3)
        WHERE (expires_at, key) > (?3, ?4) ORDER BY expires_at, key LIMIT ?2",
};

pub(super) const SNAPSHOTS: Rows = Rows {
    kind: Kind::Snapshots,
    remove: "DELETE FROM sync_snapshots WHERE id IN (
        SELECT id FROM sync_snapshots WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
    list: "SELECT expires_at, id, id FROM sync_snapshots
        WHERE expires_at <= ?1 AND (expires_at, id) > (?3, ?4)
        ORDER BY expires_at, id LIMIT ?2",
};

/// A run that goes on is young.
pub(super) const RUNS: Rows = Rows {
    kind: Kind::Runs,
    remove: "DELETE FROM gc_runs WHERE id IN (
        SELECT id FROM gc_runs WHERE started_at <= ?1 ORDER BY started_at LIMIT ?2)",
    list: "SELECT started_at, id, id FROM gc_runs
        WHERE started_at <= ?1 AND (started_at, id) > (?3, ?4)
        ORDER BY started_at, id LIMIT ?2",
};
