//! The threads that own connections.

use std::cell::Cell;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use or3_domain::store::StoreError;

use super::connection::{Access, Connection};
use super::queue::Queue;
use super::{Job, LocalOptions, group};

/// The most batches that one commit may carry: bounds how long the first of them waits.
const GROUP: usize = 128;

/// How many changed rows make a checkpoint worth while: about as many pages of the log.
const CHANGES: u64 = 4000;

pub(super) fn spawn_reader(
    number: usize,
    queue: Arc<Queue<Job>>,
    options: LocalOptions,
) -> std::io::Result<JoinHandle<()>> {
    spawn(format!("db-read-{number}"), move || {
        serve(
            &queue,
            1,
            || Connection::open(&options, Access::Read),
            |connection, jobs| {
                for job in jobs.into_iter().filter(Job::is_wanted) {
                    let answers = connection.read(&job.batch);
                    let _caller_left = job.reply.send(answers);
                }
            },
        );
    })
}

/// The writer asks for a checkpoint in `checkpoints` now and then.
pub(super) fn spawn_writer(
    queue: Arc<Queue<Job>>,
    checkpoints: Arc<Queue<()>>,
    options: LocalOptions,
) -> std::io::Result<JoinHandle<()>> {
    spawn("db-write".to_owned(), move || {
        let asked_at = Cell::new(0);
        serve(
            &queue,
            GROUP,
            || Connection::open(&options, Access::Write),
            |connection, jobs| {
                group::commit(connection, jobs);
                let changes = connection.total_changes();
                if changes.abs_diff(asked_at.get()) >= CHANGES {
                    asked_at.set(changes);
                    checkpoints.push(());
                }
            },
        );
    })
}

/// Folds the log into the database while the writer goes on, so that no request waits for it. A
/// checkpoint that fails is only late: the next one, or closing, does its work too.
pub(super) fn spawn_checkpointer(
    asked: Arc<Queue<()>>,
    options: LocalOptions,
) -> std::io::Result<JoinHandle<()>> {
    spawn("db-checkpoint".to_owned(), move || {
        let mut connection = None;
        let open = || Connection::open(&options, Access::Write);
        while !asked.take(usize::MAX).is_empty() {
            let opened = connection.take().map_or_else(open, Ok);
            match opened.and_then(|opened| opened.checkpoint().map(|()| opened)) {
                Ok(opened) => connection = Some(opened),
                Err(error) => tracing::warn!(%error, "a checkpoint failed"),
            }
        }
    })
}

fn spawn(name: String, work: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name).spawn(work)
}

/// Takes jobs until the queue is closed. A connection that cannot be opened fails the jobs at
/// hand and is tried again for the next ones.
fn serve(
    queue: &Queue<Job>,
    most: usize,
    open: impl Fn() -> Result<Connection, StoreError>,
    work: impl Fn(&Connection, Vec<Job>),
) {
    let mut connection = None;
    loop {
        let jobs = queue.take(most);
        if jobs.is_empty() {
            return;
        }
        match connection.take().map_or_else(&open, Ok) {
            Ok(opened) => {
                work(&opened, jobs);
                connection = Some(opened);
            }
            Err(error) => fail(jobs, &error),
        }
    }
}

/// Gives every job the same error.
pub(super) fn fail(jobs: Vec<Job>, error: &StoreError) {
    for job in jobs {
        let _caller_left = job.reply.send(Err(copy(error)));
    }
}

fn copy(error: &StoreError) -> StoreError {
    match error {
        StoreError::Unavailable(text) => StoreError::Unavailable(text.clone()),
        StoreError::Full(text) => StoreError::Full(text.clone()),
        StoreError::Damaged(text) => StoreError::Damaged(text.clone()),
        StoreError::Broken(text) => StoreError::Broken(text.clone()),
        StoreError::Fault(text) => StoreError::Fault(text.clone()),
    }
}
