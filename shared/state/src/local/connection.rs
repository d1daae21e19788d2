//! One SQLite connection with the house's settings, used by one thread.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use libsql::params::Params;
use libsql::{Builder, OpenFlags};
use or3_domain::store::StoreError;

use super::journal::{self, Journal};
use super::value::{from_libsql, to_libsql};
use super::{LocalOptions, safety};
use crate::failure;
use crate::statement::{Answer, Row, Statement, Value};

/// How long a connection waits for another process's write transaction to end.
const BUSY: Duration = Duration::from_secs(5);

/// `SQLITE_OPEN_NOMUTEX`: a connection is used by one thread only (it is not `Sync`), so the engine
/// need not guard it against others.
const ONE_THREAD: OpenFlags = OpenFlags::from_bits_retain(0x8000);

/// What a commit promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// It survives the machine: flushed to disk before it is acknowledged.
    Full,
    /// It survives the machine once the last connection is closed: for migrations, which can be
    /// applied again until then.
    AtClose,
    /// It survives this process, not a power failure: for rate limits, which are void after a
    /// restart of the machine anyway.
    Process,
}

/// What the connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// A connection and its prepared statements, by the address of their fixed text.
pub(crate) struct Connection {
    inner: libsql::Connection,
    prepared: RefCell<HashMap<(usize, usize), libsql::Statement>>,
}

impl Connection {
    /// Opens an existing database and checks that its schema is the build's.
    pub(crate) fn open(options: &LocalOptions, access: Access) -> Result<Self, StoreError> {
        let flags = match access {
            Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
        };
        let connection = Self::connect(options, flags)?;
        let Some(wanted) = options.schema else {
            return Ok(connection);
        };
        let found = connection.user_version()?;
        if found == wanted {
            if access == Access::Write && options.durability == Durability::Full {
                connection.vouch(options)?;
            }
            return Ok(connection);
        }
        let path = options.path.display();
        Err(StoreError::Unavailable(format!(
            "{path} has schema {found}, this build needs {wanted}"
        )))
    }

    pub(super) fn connect(options: &LocalOptions, flags: OpenFlags) -> Result<Self, StoreError> {
        let journal = Self::prepare(options, flags)?;
        let connection = Self::dial(&options.path, flags)?;
        connection.configure(journal, options.durability, flags)?;
        if let Some(bytes) = options.max_bytes {
            connection.limit(bytes)?;
        }
        Ok(connection)
    }

    /// Lets the engine treat the file as if its volume had `bytes` only.
    fn limit(&self, bytes: u64) -> Result<(), StoreError> {
        let page = self.one(&Statement::new("PRAGMA page_size"))?;
        let page = page.into_first().map_or(Ok(4096), |row| row.int(0))?;
        let pages = bytes / u64::try_from(page).unwrap_or(4096).max(1);
        let limit = Statement::new(format!("PRAGMA max_page_count = {}", pages.max(1)));
        self.one(&limit).map(drop)
    }

    /// Looks at the volume before anything is opened there, and takes the right to write; an
    /// error where that is not safe.
    pub(super) fn prepare(options: &LocalOptions, flags: OpenFlags) -> Result<Journal, StoreError> {
        let volume = journal::safe_volume(options)?;
        if !flags.contains(OpenFlags::SQLITE_OPEN_READ_ONLY) {
            options.may_write(volume)?;
        }
        Ok(Journal::safe_on(volume))
    }

    /// A connection with the engine's own settings.
    pub(super) fn dial(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        let dialled = now(Builder::new_local(path).flags(flags | ONE_THREAD).build())
            .and_then(|database| database.connect())
            .and_then(|inner| inner.busy_timeout(BUSY).map(|()| inner));
        Ok(Self {
            inner: dialled.map_err(|error| failure::of_local(&error))?,
            prepared: RefCell::default(),
        })
    }

    /// Gives the connection the house's settings.
    pub(super) fn configure(
        &self,
        journal: Journal,
        durability: Durability,
        flags: OpenFlags,
    ) -> Result<(), StoreError> {
        if !flags.contains(OpenFlags::SQLITE_OPEN_READ_ONLY) {
            self.run(match journal {
                Journal::WriteAhead => "PRAGMA journal_mode = WAL",
                Journal::Rollback => "PRAGMA journal_mode = DELETE",
            })?;
            // Checkpoints are somebody else's work until the log has 64 MB (16 for what needs no
            // flush): random keys touch the same pages again and again, and the longer the log, the
            // seldomer each of them goes back to the database. With a cache of 8 MB instead of 2 a
            // group of large batches is not spilled half-way.
            self.run(match durability {
                Durability::Full => "PRAGMA wal_autocheckpoint = 16000",
                Durability::AtClose | Durability::Process => "PRAGMA wal_autocheckpoint = 4000",
            })?;
            self.run("PRAGMA cache_size = -8000")?;
        }
        self.run(match (durability, journal) {
            (Durability::Full, Journal::WriteAhead) => "PRAGMA synchronous = FULL",
            (Durability::AtClose, Journal::WriteAhead) => "PRAGMA synchronous = NORMAL",
            (Durability::Full | Durability::AtClose, Journal::Rollback) => {
                "PRAGMA synchronous = EXTRA"
            }
            (Durability::Process, _) => "PRAGMA synchronous = OFF",
        })?;
        self.run("PRAGMA foreign_keys = ON")?;
        self.run("PRAGMA temp_store = MEMORY")
    }

    /// Asks the engine what it made of the house's settings, and says so in the log.
    fn vouch(&self, options: &LocalOptions) -> Result<(), StoreError> {
        let journal = self.one(&Statement::new("PRAGMA journal_mode"))?;
        let level = self.one(&Statement::new("PRAGMA synchronous"))?;
        let level = level.into_first().map_or(Ok(0), |row| row.int(0))?;
        safety::flushes(&options.path, options.place, level).map_err(StoreError::Unavailable)?;
        let journal = journal
            .into_first()
            .map_or(Ok(String::new()), |row| row.string(0))?;
        options.report(&journal, safety::level(level))
    }

    /// The schema number in the file's header.
    pub(crate) fn user_version(&self) -> Result<i64, StoreError> {
        let answer = self.one(&Statement::new("PRAGMA user_version"))?;
        answer.into_first().map_or(Ok(0), |row| row.int(0))
    }

    /// Runs `batch` in one read transaction.
    pub(super) fn read(&self, batch: &[Statement]) -> Result<Vec<Answer>, StoreError> {
        if let [single] = batch {
            return self.one(single).map(|answer| vec![answer]);
        }
        self.transaction("BEGIN", batch, || true)
    }

    /// Runs `batch` in one immediate write transaction, which is rolled back unless it is still
    /// `wanted` at its end.
    pub(super) fn write(
        &self,
        batch: &[Statement],
        wanted: impl Fn() -> bool,
    ) -> Result<Vec<Answer>, StoreError> {
        self.transaction("BEGIN IMMEDIATE", batch, wanted)
    }

    fn transaction(
        &self,
        begin: &'static str,
        batch: &[Statement],
        wanted: impl Fn() -> bool,
    ) -> Result<Vec<Answer>, StoreError> {
        self.run(begin)?;
        let outcome = self.all(batch).and_then(|answers| {
            if !wanted() {
                return Err(StoreError::Unavailable("nobody waits for it".to_owned()));
            }
            self.run("COMMIT").map(|()| answers)
        });
        if outcome.is_err() {
            self.roll_back();
        }
        outcome
    }

    /// Runs `batch` inside whatever transaction is open.
    pub(super) fn all(&self, batch: &[Statement]) -> Result<Vec<Answer>, StoreError> {
        batch.iter().map(|statement| self.one(statement)).collect()
    }

    /// Runs one statement without arguments or rows.
    pub(crate) fn run(&self, sql: &'static str) -> Result<(), StoreError> {
        self.one(&Statement::new(sql)).map(drop)
    }

    /// How many rows this connection has inserted, updated and deleted.
    pub(super) fn total_changes(&self) -> u64 {
        self.inner.total_changes()
    }

    /// Copies the log into the database, as far as no reader still needs the old pages. Waits for
    /// nobody.
    pub(super) fn checkpoint(&self) -> Result<(), StoreError> {
        self.run("PRAGMA wal_checkpoint(PASSIVE)")
    }

    /// Whether a transaction is open.
    pub(crate) fn in_transaction(&self) -> bool {
        !self.inner.is_autocommit()
    }

    /// Ends an open transaction without a trace. An error here means that the engine has already
    /// done so.
    pub(crate) fn roll_back(&self) {
        if self.in_transaction()
            && let Err(error) = self.run("ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
    }

    /// Runs one statement and reads all its rows.
    pub(crate) fn one(&self, statement: &Statement) -> Result<Answer, StoreError> {
        self.step_through(statement)
            .map_err(|error| failure::of_local(&error))
    }

    fn step_through(&self, statement: &Statement) -> libsql::Result<Answer> {
        let Cow::Borrowed(sql) = statement.sql else {
            return self.step(&now(self.inner.prepare(&statement.sql))?, &statement.args);
        };
        let key = (sql.as_ptr() as usize, sql.len());
        let mut prepared = self.prepared.borrow_mut();
        let ready = match prepared.remove(&key) {
            Some(ready) => ready,
            None => now(self.inner.prepare(sql))?,
        };
        let outcome = self.step(&ready, &statement.args);
        prepared.insert(key, ready);
        outcome
    }

    /// Runs a prepared statement to its end and leaves it ready to run again.
    fn step(&self, prepared: &libsql::Statement, args: &[Value]) -> libsql::Result<Answer> {
        let outcome = collect(prepared, args);
        prepared.reset();
        let changed = self.inner.changes();
        outcome.map(|rows| Answer { rows, changed })
    }
}

fn collect(prepared: &libsql::Statement, args: &[Value]) -> libsql::Result<Vec<Row>> {
    let params = Params::Positional(args.iter().map(to_libsql).collect());
    let mut cursor = now(prepared.query(params))?;
    let columns = cursor.column_count();
    let mut rows = Vec::new();
    while let Some(row) = now(cursor.next())? {
        rows.push(Row((0..columns)
            .map(|at| row.get_value(at).and_then(from_libsql))
            .collect::<Result<_, _>>()?));
    }
    Ok(rows)
}

/// The output of a future that is always ready: the crate's interface is async, its local half is
/// not.
fn now<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        std::thread::yield_now();
    }
}
