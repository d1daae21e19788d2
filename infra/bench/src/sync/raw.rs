//! This machine's limit for pushes: the engine alone, one thread, prepared statements, one
//! transaction a batch, writing what the product cannot do without: the log entry that holds the
//! payload, the op id by which a repetition is known, the row that points to the entry, and the
//! head of the log. It checks nothing and compares nothing.

use std::path::Path;
use std::time::{Duration, Instant};

use libsql::params::IntoParams;
use libsql::{Connection, Statement, params};
use tokio::runtime::Builder;

use super::changes::{Change, Changes};
use crate::command::Outcome;
use crate::figure::float;

/// How many changes in batches of `batch` the engine takes in about `time`, and how many that is
/// a second.
pub(super) fn rate(batch: usize, time: Duration) -> Outcome<(usize, f64)> {
    let folder = tempfile::tempdir()?;
    let runtime = Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let mut writer = Writer::open(&folder.path().join("raw.db")).await?;
        let mut changes = Changes::of(999);
        let started = Instant::now();
        let mut spent = Duration::ZERO;
        while started.elapsed() < time {
            // Making changes is the client's work, so it is not counted.
            let made: Vec<_> = (0..batch).map(|_| changes.next()).collect();
            let at = Instant::now();
            writer.commit(&made, changes.device()).await?;
            spent += at.elapsed();
        }
        let rate = float(writer.head.unsigned_abs()) / spent.as_secs_f64();
        Ok((usize::try_from(writer.head)?, rate))
    })
}

struct Writer {
    connection: Connection,
    log: Statement,
    op: Statement,
    row: Statement,
    advance: Statement,
    head: i64,
}

impl Writer {
    async fn open(path: &Path) -> Outcome<Self> {
        let database = libsql::Builder::new_local(path).build().await?;
        let connection = database.connect()?;
        connection.execute_batch(SCHEMA).await?;
        Ok(Self {
            log: connection.prepare(LOG).await?,
            op: connection.prepare(OP).await?,
            row: connection.prepare(ROW).await?,
            advance: connection.prepare(ADVANCE).await?,
            connection,
            head: 0,
        })
    }

    async fn commit(&mut self, batch: &[Change], device: &str) -> Outcome {
        self.connection.execute("BEGIN IMMEDIATE", ()).await?;
        for change in batch {
            self.head += 1;
            let Change {
                op_id,
                pk,
                hlc,
                payload,
            } = change;
            let entry = params![
                self.head,
                pk.as_str(),
                hlc.as_str(),
                device,
                op_id.as_str(),
                payload.as_str()
            ];
            run(&self.log, entry).await?;
            run(&self.op, params![op_id.as_str(), self.head]).await?;
            run(&self.row, params![pk.as_str(), self.head]).await?;
        }
        run(&self.advance, params![self.head]).await?;
        self.connection.execute("COMMIT", ()).await?;
        Ok(())
    }
}

async fn run(statement: &Statement, values: impl IntoParams) -> Outcome {
    statement.execute(values).await?;
    statement.reset();
    Ok(())
}

const SCHEMA: &str = "
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = 16000;
PRAGMA cache_size = -8000;
CREATE TABLE heads (workspace INTEGER PRIMARY KEY, head INTEGER NOT NULL);
INSERT INTO heads VALUES (1, 0);
CREATE TABLE log (
    version INTEGER PRIMARY KEY, table_id INTEGER NOT NULL, op INTEGER NOT NULL,
    clock INTEGER NOT NULL, pk TEXT NOT NULL, hlc TEXT NOT NULL, device_id TEXT NOT NULL,
    op_id TEXT NOT NULL, payload TEXT
);
CREATE TABLE ops (op_id TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE state (
    workspace INTEGER NOT NULL, table_id INTEGER NOT NULL, pk TEXT NOT NULL,
    version INTEGER NOT NULL, PRIMARY KEY (workspace, table_id, pk)
) WITHOUT ROWID;
";

const LOG: &str =
    "INSERT INTO log (version, table_id, op, clock, pk, hlc, device_id, op_id, payload)
    VALUES (?1, 2, 0, 1, ?2, ?3, ?4, ?5, ?6)";

const OP: &str = "INSERT INTO ops (op_id, version) VALUES (?1, ?2)";

const ROW: &str = "INSERT INTO state (workspace, table_id, pk, version) VALUES (1, 2, ?1, ?2)
    ON CONFLICT DO UPDATE SET version = excluded.version";

const ADVANCE: &str = "UPDATE heads SET head = ?1 WHERE workspace = 1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_takes_what_it_is_given() {
        let (count, rate) = rate(10, Duration::from_millis(50)).expect("a rate");
        assert!(count >= 10 && count.is_multiple_of(10) && rate > 0.0);
    }
}
