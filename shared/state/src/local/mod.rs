//! A database in a file of this machine.
//!
//! SQLite works on the calling thread, so the file gets threads of its own: one writer, which
//! commits whatever has queued up as one group, one that folds its log into the database, and a few
//! readers. They open their connections at
//! the first batch, so that a function which never needs the database never opens it.

mod connection;
mod create;
mod group;
pub(crate) mod journal;
mod lease;
mod options;
#[cfg(test)]
mod place_tests;
mod queue;
pub(crate) mod safety;
pub(crate) mod schema;
mod value;
pub(crate) mod volume;
mod worker;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use async_trait::async_trait;
use or3_domain::store::StoreError;
use tokio::sync::oneshot;

use crate::database::{Executor, Mode, Surroundings};
use crate::statement::{Answer, Statement};
pub(crate) use connection::Durability;
#[cfg(feature = "faults")]
pub(crate) use connection::{Access, Connection};
pub(crate) use create::create;
pub(crate) use options::LocalOptions;
use queue::Queue;

/// A batch waiting for a thread, and where its answers go.
struct Job {
    batch: Vec<Statement>,
    reply: oneshot::Sender<Result<Vec<Answer>, StoreError>>,
}

impl Job {
    /// Whether the caller still waits for the answer. One whose time was over does not, and is
    /// told that nothing happened.
    fn is_wanted(&self) -> bool {
        !self.reply.is_closed()
    }
}

/// Runs batches on a local file.
pub(crate) struct LocalExecutor {
    reads: Arc<Queue<Job>>,
    writes: Arc<Queue<Job>>,
    checkpoints: Arc<Queue<()>>,
    /// Whether anything was asked yet: only then is there a log to fold.
    used: AtomicBool,
    options: LocalOptions,
    /// How many write batches there were.
    written: AtomicU64,
    threads: Mutex<Threads>,
}

#[derive(Default)]
struct Threads {
    readers: Vec<JoinHandle<()>>,
    checkpointer: Option<JoinHandle<()>>,
    writer: Option<JoinHandle<()>>,
}

impl LocalExecutor {
    /// Starts the threads; the file is opened at the first batch.
    pub(crate) fn start(options: &LocalOptions) -> std::io::Result<Self> {
        let reads = Arc::new(Queue::new());
        let writes = Arc::new(Queue::new());
        let checkpoints = Arc::new(Queue::new());
        let reader = |number| worker::spawn_reader(number, Arc::clone(&reads), options.clone());
        let readers = (0..options.readers).map(reader).collect::<Result<_, _>>()?;
        let (jobs, asked) = (Arc::clone(&writes), Arc::clone(&checkpoints));
        let checkpointer = if options.durability == Durability::Full {
            let asked = Arc::clone(&checkpoints);
            Some(worker::spawn_checkpointer(asked, options.clone())?)
        } else {
            checkpoints.close();
            None
        };
        let threads = Threads {
            readers,
            checkpointer,
            writer: Some(worker::spawn_writer(jobs, asked, options.clone())?),
        };
        Ok(Self {
            reads,
            writes,
            checkpoints,
            used: AtomicBool::new(false),
            options: options.clone(),
            written: AtomicU64::new(0),
            threads: Mutex::new(threads),
        })
    }
}

impl Drop for LocalExecutor {
    fn drop(&mut self) {
        self.reads.close();
        self.checkpoints.close();
        self.writes.close();
    }
}

/// Waits for threads whose queue is closed.
fn join(threads: impl IntoIterator<Item = JoinHandle<()>>) {
    for thread in threads {
        if thread.join().is_err() {
            tracing::error!("a database thread had panicked");
        }
    }
}

#[async_trait]
impl Executor for LocalExecutor {
    fn is_local(&self) -> bool {
        true
    }

    fn surroundings(&self) -> Result<Option<Surroundings>, StoreError> {
        self.options.surroundings().map(Some)
    }

    fn writes(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// The writer goes last, and is opened for it if need be: only a connection that may write can
    /// fold the log into the file.
    fn close(&self) {
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        let Threads {
            readers,
            checkpointer,
            writer,
        } = std::mem::take(&mut *threads);
        self.reads.close();
        join(readers);
        self.checkpoints.close();
        join(checkpointer);
        if self.used.load(Ordering::Relaxed) {
            let (reply, _nobody_waits) = oneshot::channel();
            let batch = Vec::new();
            self.writes.push(Job { batch, reply });
        }
        self.writes.close();
        join(writer);
        self.options.let_go();
    }

    async fn run(&self, mode: Mode, batch: Vec<Statement>) -> Result<Vec<Answer>, StoreError> {
        self.used.store(true, Ordering::Relaxed);
        let (reply, answers) = oneshot::channel();
        let queue = match mode {
            Mode::Read => &self.reads,
            Mode::Write | Mode::KeyedWrite => {
                self.written.fetch_add(1, Ordering::Relaxed);
                &self.writes
            }
        };
        queue.push(Job { batch, reply });
        // The process is on its way out; the next one can take the batch.
        answers.await.unwrap_or_else(|_| {
            let text = "the database thread ended";
            Err(StoreError::Unavailable(text.to_owned()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_that_was_only_read_leaves_no_log_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = LocalOptions::new(folder.path().join("or3.db"), Durability::Process);
        drop(create(&options).expect("a database"));
        let executor = LocalExecutor::start(&options).expect("threads");
        let look = vec![Statement::new("SELECT name FROM sqlite_schema")];
        executor.run(Mode::Read, look).await.expect("read");
        executor.close();
        assert_eq!(folder.path().read_dir().expect("a listing").count(), 1);
    }

    /// What the end of a shutdown meets; its caller may try again at the next process.
    #[tokio::test]
    async fn who_comes_after_the_end_is_told_to_come_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = LocalOptions::new(folder.path().join("or3.db"), Durability::Process);
        let executor = LocalExecutor::start(&options).expect("threads");
        executor.close();
        for mode in [Mode::Read, Mode::Write, Mode::KeyedWrite] {
            let outcome = executor.run(mode, Vec::new()).await;
            let passes = matches!(outcome, Err(StoreError::Unavailable(_)));
            assert!(passes, "{mode:?}: {outcome:?}");
        }
    }
}
