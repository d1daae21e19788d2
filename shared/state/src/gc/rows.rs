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

/// The keys of the rows of `$table` that are over first, by the moment in `$end`.
macro_rules! first {
    ($table:literal, $key:literal, $end:literal) => {
        concat!(
            "SELECT ",
            $key,
            " FROM ",
            $table,
            " WHERE ",
            $end,
            " <= ?1 ORDER BY ",
            $end,
            " LIMIT ?2"
        )
    };
}

/// Removes them.
macro_rules! remove {
    ($table:literal, $key:literal, $end:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " WHERE (",
            $key,
            ") IN (",
            first!($table, $key, $end),
            ")"
        )
    };
}

/// Names the rows of `$table`, which are called by their ids.
macro_rules! list {
    ($table:literal, $end:literal) => {
        concat!(
            "SELECT ",
            $end,
            ", id, id FROM ",
            $table,
            " WHERE ",
            $end,
            " <= ?1 AND (",
            $end,
            ", id) > (?3, ?4) ORDER BY ",
            $end,
            ", id LIMIT ?2"
        )
    };
}

/// Rows of `$table` that go as a whole.
macro_rules! whole {
    ($kind:ident, $table:literal, $end:literal) => {
        Rows {
            kind: Kind::$kind,
            remove: remove!($table, "id", $end),
            list: list!($table, $end),
        }
    };
}

/// A refresh token carries its end too: without its row it is refused all the same.
pub(super) const SESSIONS: Rows = whole!(Sessions, "basic_auth_sessions", "expires_at");

pub(super) const INVITES: Rows = whole!(Invites, "auth_invites", "expires_at");

pub(super) const SNAPSHOTS: Rows = whole!(Snapshots, "sync_snapshots", "expires_at");

/// A run that goes on is young.
pub(super) const RUNS: Rows = whole!(Runs, "gc_runs", "started_at");

/// The sealed successor's token goes when it cannot be given again; the row stays, so that a
/// replay is still known as one (auth contract, 5.4).
pub(super) const ROTATION_GRACE: Rows = Rows {
    kind: Kind::RotationGrace,
    remove: concat!(
        "UPDATE basic_auth_sessions
        SET rotation_grace_until = NULL, rotation_grace_refresh_token = NULL
        WHERE id IN (",
        first!("basic_auth_sessions", "id", "rotation_grace_until"),
        ")"
    ),
    list: list!("basic_auth_sessions", "rotation_grace_until"),
};

/// They have no id, and are called by their workspace and hash.
pub(super) const UPLOAD_INTENTS: Rows = Rows {
    kind: Kind::UploadIntents,
    remove: remove!("upload_intents", "workspace, hash", "expires_at"),
    list: "SELECT * FROM (
            SELECT i.expires_at, w.id || '/' || lower(hex(i.hash)) AS key,
                w.id || '/' || lower(hex(i.hash)) AS name
            FROM upload_intents i JOIN workspaces w ON w.number = i.workspace
            WHERE i.expires_at <= ?1 AND i.expires_at >= ?3)
        WHERE (expires_at, key) > (?3, ?4) ORDER BY expires_at, key LIMIT ?2",
};
