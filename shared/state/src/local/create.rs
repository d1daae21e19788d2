//! Making a database file.

use std::fs::{self, File};
use std::path::Path;

use libsql::OpenFlags;
use or3_domain::store::StoreError;

use super::LocalOptions;
use super::connection::{Connection, Durability};
use super::volume::folder_of;

/// Opens the database, and creates the file with the house's journal if there is none.
pub(crate) fn create(options: &LocalOptions) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    if fs::metadata(&options.path).is_ok_and(|file| file.len() > 0) {
        return Connection::connect(options, flags);
    }
    let journal = Connection::prepare(options, flags)?;
    let connection = Connection::dial(&options.path, flags)?;
    // The engine would flush four times to write an empty header; once, afterwards, is as safe.
    connection.run("PRAGMA synchronous = OFF")?;
    connection.configure(journal, options.durability, flags)?;
    if options.durability != Durability::Process {
        flush(&options.path).map_err(|error| StoreError::Unavailable(error.to_string()))?;
    }
    Ok(connection)
}

/// Flushes a new file and the folder that names it.
fn flush(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()?;
    File::open(folder_of(path))?.sync_all()
}
