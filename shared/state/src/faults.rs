//! Processes that die in the middle of what they do, for tests of what they leave behind.
//!
//! A process with a [`Lifespan`] works on a local file through a connection of its own, one
//! statement a step, and is dead after its last step: before a transaction, between any two of its
//! statements, before its commit, or after it and before anybody hears of it. What lies on the disk
//! at that moment is kept beside the database, and [`State::bury`] puts it in its place.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use or3_domain::store::StoreError;
use tokio::sync::Notify;

use crate::database::{Database, Executor, Mode};
use crate::local::{Access, Connection, LocalOptions};
use crate::open::{State, file_options};
use crate::statement::{Answer, Statement};

/// How many more steps a process takes, and where it waits for others on the way; clones share it.
#[derive(Clone, Debug)]
pub struct Lifespan(Arc<Life>);

#[derive(Debug)]
struct Life {
    steps: AtomicI64,
    /// How many transactions there are before it waits.
    transactions: AtomicI64,
    waits: Notify,
    goes_on: Notify,
}

impl Lifespan {
    /// A process that dies when it has taken `steps` steps.
    pub fn of(steps: i64) -> Self {
        Self::with_a_wait(steps, i64::MAX)
    }

    /// One that also waits once, after `transactions` transactions, until it is told to go on.
    pub fn with_a_wait(steps: i64, transactions: i64) -> Self {
        Self(Arc::new(Life {
            steps: AtomicI64::new(steps),
            transactions: AtomicI64::new(transactions),
            waits: Notify::new(),
            goes_on: Notify::new(),
        }))
    }

    /// Comes back when the process waits.
    pub async fn waits(&self) {
        self.0.waits.notified().await;
    }

    /// Lets a process go on that waits.
    pub fn goes_on(&self) {
        self.0.goes_on.notify_one();
    }

    async fn wait(&self) {
        if self.0.transactions.fetch_sub(1, Ordering::Relaxed) == 0 {
            self.0.waits.notify_one();
            self.0.goes_on.notified().await;
        }
    }

    /// Takes a step.
    ///
    /// # Errors
    ///
    /// `Unavailable` from the moment at which the process is dead.
    pub fn step(&self) -> Result<(), StoreError> {
        if self.0.steps.fetch_sub(1, Ordering::Relaxed) > 0 {
            return Ok(());
        }
        Err(StoreError::Unavailable("the process died".to_owned()))
    }

    /// Whether the process is dead.
    pub fn is_over(&self) -> bool {
        self.0.steps.load(Ordering::Relaxed) < 0
    }
}

impl State {
    /// A process of its own on the file that `settings` name, which lives as long as `life`.
    ///
    /// # Panics
    ///
    /// If `settings` name a server.
    pub fn mortal(settings: &or3_settings::Database, life: &Lifespan) -> Self {
        let [main, limits] = file_options(settings).map(|options| {
            let (connection, life) = (Mutex::default(), life.clone());
            Database::new(Arc::new(MortalExecutor {
                options,
                connection,
                life,
            }))
        });
        Self::of(main, limits)
    }

    /// Puts what a process left that died in the middle of a transaction in the place of the
    /// database that `settings` name; nothing may have it open. Without such a process the files
    /// stay as they are.
    ///
    /// # Errors
    ///
    /// When files cannot be moved.
    ///
    /// # Panics
    ///
    /// If `settings` name a server.
    pub fn bury(settings: &or3_settings::Database) -> io::Result<()> {
        for options in file_options(settings) {
            let path = options.path;
            if left_by(&path).exists() {
                for (file, left) in files(&path).into_iter().zip(files(&left_by(&path))) {
                    if left.exists() {
                        fs::rename(left, file)?;
                    } else if file.exists() {
                        fs::remove_file(file)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// The database and its logs, of which there is one. The index of a log is made anew by whoever
/// opens them.
fn files(path: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-journal"].map(|suffix| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        name.into()
    })
}

fn left_by(path: &Path) -> PathBuf {
    path.with_extension("left")
}

struct MortalExecutor {
    options: LocalOptions,
    connection: Mutex<Option<Connection>>,
    life: Lifespan,
}

#[async_trait]
impl Executor for MortalExecutor {
    fn is_local(&self) -> bool {
        true
    }

    fn close(&self) {
        let mut place = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *place = None;
    }

    async fn run(&self, mode: Mode, batch: Vec<Statement>) -> Result<Vec<Answer>, StoreError> {
        if self.life.is_over() {
            self.life.step()?;
        }
        self.life.wait().await;
        let mut place = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let connection = match place.take() {
            Some(open) => open,
            None => self.open()?,
        };
        let outcome = self.transaction(&connection, mode, &batch);
        if !self.life.is_over() {
            connection.roll_back();
            *place = Some(connection);
        }
        outcome
    }
}

impl MortalExecutor {
    fn open(&self) -> Result<Connection, StoreError> {
        let connection = Connection::open(&self.options, Access::Write)?;
        // Pages that do not fit go to the log before their transaction is committed.
        connection.run("PRAGMA cache_size = 1")?;
        Ok(connection)
    }

    fn transaction(
        &self,
        connection: &Connection,
        mode: Mode,
        batch: &[Statement],
    ) -> Result<Vec<Answer>, StoreError> {
        self.step(connection)?;
        connection.run(match mode {
            Mode::Read => "BEGIN",
            Mode::Write | Mode::KeyedWrite => "BEGIN IMMEDIATE",
        })?;
        let mut answers = Vec::with_capacity(batch.len());
        for statement in batch {
            self.step(connection)?;
            answers.push(connection.one(statement)?);
        }
        self.step(connection)?;
        connection.run("COMMIT")?;
        self.step(connection)?;
        Ok(answers)
    }

    /// Takes a step, or keeps what lies on the disk at the moment of death.
    fn step(&self, connection: &Connection) -> Result<(), StoreError> {
        let alive = self.life.step();
        if alive.is_err() && connection.in_transaction() {
            let path = &self.options.path;
            for (file, left) in files(path).into_iter().zip(files(&left_by(path))) {
                if file.exists() {
                    fs::copy(file, left).map_err(|error| StoreError::Fault(error.to_string()))?;
                }
            }
        }
        alive
    }
}
