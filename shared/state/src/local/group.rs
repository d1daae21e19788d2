//! Group commit: what has queued up becomes one transaction, and each batch in it stays all or
//! nothing by a savepoint of its own. One flush to disk then serves many requests.

use or3_domain::store::StoreError;

use super::Job;
use super::connection::Connection;
use super::worker::fail;
use crate::statement::Answer;

/// Runs every job and answers it once its effect is durable.
pub(super) fn commit(connection: &Connection, jobs: Vec<Job>) {
    if jobs.len() == 1 {
        return jobs.into_iter().for_each(|job| alone(connection, job));
    }
    if let Err(error) = connection.run("BEGIN IMMEDIATE") {
        return fail(jobs, &error);
    }
    let outcomes: Vec<_> = jobs
        .iter()
        .map(|job| inside_group(connection, job))
        .collect();
    // Some errors (a full disk, an I/O error) make SQLite roll back the whole transaction. Then
    // nothing of the group has happened, and each batch gets a transaction of its own.
    let settled = if connection.in_transaction() {
        connection.run("COMMIT")
    } else {
        lost()
    };
    if settled.is_err() {
        connection.roll_back();
        return jobs.into_iter().for_each(|job| alone(connection, job));
    }
    for (job, outcome) in jobs.into_iter().zip(outcomes) {
        let _caller_left = job.reply.send(outcome);
    }
}

fn lost() -> Result<(), StoreError> {
    Err(StoreError::Fault(
        "the transaction was rolled back by the engine".to_owned(),
    ))
}

fn alone(connection: &Connection, job: Job) {
    let outcome = connection.write(&job.batch);
    let _caller_left = job.reply.send(outcome);
}

fn inside_group(connection: &Connection, job: &Job) -> Result<Vec<Answer>, StoreError> {
    if !connection.in_transaction() {
        return lost().map(|()| Vec::new());
    }
    connection.run("SAVEPOINT batch")?;
    match connection.all(&job.batch) {
        Ok(answers) => connection.run("RELEASE batch").map(|()| answers),
        Err(error) => {
            if connection.in_transaction() {
                connection.run("ROLLBACK TO batch")?;
                connection.run("RELEASE batch")?;
            }
            Err(error)
        }
    }
}
