//! What a change takes on disk, indexes included.

use std::path::Path;

use libsql::Connection;
use tokio::runtime::Builder;

use crate::command::Outcome;
use crate::figure::{float, number};
use crate::process::Server;
use crate::table::Goal;

/// Stops the server, moves its write-ahead log into the database file, and divides the file's
/// length by the number of changes in it.
pub(super) fn row(server: &mut Server) -> Outcome<Vec<String>> {
    server.stop()?;
    let path = server.data().join("or3.db");
    let changes = checkpoint(&path)?;
    let bytes = std::fs::metadata(&path)?.len();
    let each = float(bytes) / float(changes.max(1));
    Ok(vec![
        format!(
            "bytes on disk for each of {} changes",
            number(float(changes))
        ),
        number(each),
        Goal::AtMost(900.0).beside(each),
    ])
}

fn checkpoint(path: &Path) -> Outcome<u64> {
    Builder::new_current_thread().build()?.block_on(async {
        let connection = libsql::Builder::new_local(path).build().await?.connect()?;
        number_of(&connection, "PRAGMA wal_checkpoint(TRUNCATE)").await?;
        let changes = number_of(&connection, "SELECT count(*) FROM change_log").await?;
        Ok(changes.unsigned_abs())
    })
}

async fn number_of(connection: &Connection, sql: &str) -> Outcome<i64> {
    let mut rows = connection.query(sql, ()).await?;
    let row = rows.next().await?.ok_or("no row")?;
    Ok(row.get(0)?)
}
