//! Reading a database's schema without leaving a trace.

use std::path::{Path, PathBuf};

use libsql::OpenFlags;
use or3_domain::store::StoreError;

use super::connection::Connection;
use crate::statement::Statement;

/// Reads the whole schema of the file at `path`, which fails if its pages are damaged.
///
/// The engine is told that nobody changes the file, so it takes no locks and makes no files
/// beside it. That is only true of a database at rest: the caller makes sure that no journal waits.
pub(crate) fn read(path: &Path) -> Result<(), StoreError> {
    let at_rest = Connection::dial(&immutable(path), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let schema = Statement::new("SELECT name, sql FROM sqlite_schema");
    at_rest.one(&schema).map(drop)
}

/// The file as a URI (SQLite, "Uniform Resource Identifiers", section 3).
fn immutable(path: &Path) -> PathBuf {
    let path = path.to_string_lossy();
    let path = path
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23");
    format!("file:{path}?immutable=1").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_a_schema_writes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a%20 ?#.db");
        std::fs::write(&path, "").expect("an empty database");
        read(&path).expect("readable");
        assert_eq!(folder.path().read_dir().expect("a listing").count(), 1);
    }
}
