//! What is kept, as text that can be compared: every row of the main database, every file of the
//! volume. Counters of requests are not in it; they have a database of their own. Neither is
//! the audit trail, which tells of refusals too.

use std::collections::BTreeSet;
use std::path::Path;

use libsql::{Builder, Connection};

/// Everything that is kept in `folder`.
pub(crate) async fn kept(folder: &Path) -> BTreeSet<String> {
    let database = Builder::new_local(folder.join("or3.db")).build().await;
    let connection = database.expect("a database").connect();
    let connection = connection.expect("a connection");
    let mut kept = BTreeSet::new();
    // Who tries to sign in is written down, whatever becomes of it.
    let apart = ["sqlite_sequence", "audit_log", "audit_chain"];
    for table in column(&connection, TABLES).await {
        if apart.contains(&table.as_str()) {
            continue;
        }
        let rows = format!("SELECT * FROM {table}");
        for row in lines(&connection, &rows).await {
            kept.insert(format!("{table}: {row}"));
        }
    }
    files(&folder.join("blobs"), &mut kept);
    kept
}

const TABLES: &str = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";

async fn column(connection: &Connection, sql: &str) -> Vec<String> {
    let mut rows = connection.query(sql, ()).await.expect(sql);
    let mut values = Vec::new();
    while let Some(row) = rows.next().await.expect("a row") {
        values.push(row.get(0).expect("text"));
    }
    values
}

async fn lines(connection: &Connection, sql: &str) -> Vec<String> {
    let mut rows = connection.query(sql, ()).await.expect(sql);
    let mut lines = Vec::new();
    while let Some(row) = rows.next().await.expect("a row") {
        let values = (0..row.column_count()).map(|index| row.get_value(index).expect("a value"));
        lines.push(format!("{:?}", values.collect::<Vec<_>>()));
    }
    lines
}

fn files(folder: &Path, kept: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let path = entry.path();
        if path.is_dir() {
            files(&path, kept);
        } else {
            let facts = entry.metadata().expect("facts");
            kept.insert(format!("{}: {} bytes", path.display(), facts.len()));
        }
    }
}
