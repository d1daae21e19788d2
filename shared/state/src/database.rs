//! A database behind one door: a batch of statements goes in, runs as one transaction, and its
//! rows come out. Local file and remote server differ only below this line.

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::meter;
use or3_domain::store::StoreError;

use crate::statement::{Answer, Statement};

/// What a batch is allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// All statements see one snapshot; nothing is written.
    Read,
    /// All or nothing; durable when it returns.
    Write,
    /// The same, for what knows its own repetition: run again after it has happened, it changes
    /// nothing and says so. On a server it is sent again when its answer was lost.
    KeyedWrite,
}

/// What a local file stands on, as far as the operating system knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Surroundings {
    /// The name of the file system.
    pub(crate) file_system: String,
    /// Whether other machines can open the file.
    pub(crate) is_network: bool,
    /// How many processes write the file; `None` where the volume has no locks to count them by.
    pub(crate) writers: Option<usize>,
    /// Whether this one is among them.
    pub(crate) may_write: bool,
}

/// Runs batches; the one thing that a local file and a server each do in their own way.
#[async_trait]
pub(crate) trait Executor: Send + Sync {
    /// Whether the database is a file of this machine.
    fn is_local(&self) -> bool;

    /// What a local file stands on; `None` for a server, which sees to that itself.
    fn surroundings(&self) -> Result<Option<Surroundings>, StoreError> {
        Ok(None)
    }

    /// How many write batches were sent to a file of this machine; 0 for a server, where they wait
    /// for each other elsewhere.
    fn writes(&self) -> u64 {
        0
    }

    /// Finishes what is queued and lets go of files; later batches fail. Blocks until done.
    fn close(&self) {}

    /// Runs `batch` as one transaction and returns one answer a statement, in order. On an error
    /// nothing of the batch has happened, or (`Unavailable` from a server) its fate is unknown.
    async fn run(&self, mode: Mode, batch: Vec<Statement>) -> Result<Vec<Answer>, StoreError>;
}

/// A handle to one database; clones share it.
#[derive(Clone)]
pub(crate) struct Database {
    executor: Arc<dyn Executor>,
}

impl Database {
    pub(crate) fn new(executor: Arc<dyn Executor>) -> Self {
        Self { executor }
    }

    /// Runs `batch` in one read transaction: one round trip.
    pub(crate) async fn read(&self, batch: Vec<Statement>) -> Result<Vec<Answer>, StoreError> {
        let _trip = meter::round_trip();
        self.executor.run(Mode::Read, batch).await
    }

    /// Runs `batch` in one immediate write transaction: one round trip.
    pub(crate) async fn write(&self, batch: Vec<Statement>) -> Result<Vec<Answer>, StoreError> {
        let _trip = meter::round_trip();
        self.executor.run(Mode::Write, batch).await
    }

    /// [`write`](Self::write) for a batch that knows its own repetition, by the ids of what it
    /// writes: one round trip, or two where the first answer was lost.
    pub(crate) async fn write_keyed(
        &self,
        batch: Vec<Statement>,
    ) -> Result<Vec<Answer>, StoreError> {
        let _trip = meter::round_trip();
        self.executor.run(Mode::KeyedWrite, batch).await
    }

    /// Whether the database is a file of this machine.
    pub(crate) fn is_local(&self) -> bool {
        self.executor.is_local()
    }

    /// What a local file stands on.
    pub(crate) fn surroundings(&self) -> Result<Option<Surroundings>, StoreError> {
        self.executor.surroundings()
    }

    /// How many write batches this process has sent, as far as they wait for each other in it.
    pub(crate) fn writes(&self) -> u64 {
        self.executor.writes()
    }

    /// Finishes what is queued and lets go of files. Blocks until done.
    pub(crate) fn close(&self) {
        self.executor.close();
    }

    /// [`read`](Self::read) for a single statement.
    pub(crate) async fn query(&self, statement: Statement) -> Result<Answer, StoreError> {
        only(self.read(vec![statement]).await?)
    }

    /// [`write`](Self::write) for a single statement.
    pub(crate) async fn execute(&self, statement: Statement) -> Result<Answer, StoreError> {
        only(self.write(vec![statement]).await?)
    }
}

/// Takes the answers of a batch of `N` statements apart.
pub(crate) fn answers<const N: usize>(answers: Vec<Answer>) -> Result<[Answer; N], StoreError> {
    let found = answers.len();
    answers
        .try_into()
        .map_err(|_| StoreError::Fault(format!("{N} answers wanted, {found} given")))
}

fn only(given: Vec<Answer>) -> Result<Answer, StoreError> {
    answers(given).map(|[answer]| answer)
}
