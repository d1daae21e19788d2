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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local::{self, Durability, LocalOptions};
    use crate::statement::Statement;
    use tokio::sync::oneshot::{self, Receiver};

    type Reply = Receiver<Result<Vec<Answer>, StoreError>>;

    /// A database with a table of things that may not come twice.
    fn database() -> (tempfile::TempDir, Connection) {
        let folder = tempfile::tempdir().expect("a folder");
        let connection = local::create(&LocalOptions {
            path: folder.path().join("or3.db"),
            durability: Durability::Full,
            schema: None,
            readers: 1,
        });
        let connection = connection.expect("a database");
        connection
            .run("CREATE TABLE things (name TEXT PRIMARY KEY)")
            .expect("a table");
        (folder, connection)
    }

    fn job(batch: Vec<Statement>) -> (Job, Reply) {
        let (reply, answers) = oneshot::channel();
        (Job { batch, reply }, answers)
    }

    fn insert(name: &str) -> Statement {
        Statement::new("INSERT INTO things VALUES (?1)").bind(name)
    }

    fn names(connection: &Connection) -> Vec<String> {
        let names = Statement::new("SELECT name FROM things ORDER BY name");
        let rows = connection.one(&names).expect("read").rows;
        rows.iter()
            .map(|row| row.string(0).expect("text"))
            .collect()
    }

    /// Commits `batches` as one group and says which of them succeeded.
    fn commit_group(connection: &Connection, batches: Vec<Vec<Statement>>) -> Vec<bool> {
        let (jobs, replies): (Vec<_>, Vec<_>) = batches.into_iter().map(job).unzip();
        commit(connection, jobs);
        let outcome = |mut reply: Reply| reply.try_recv().expect("an answer").is_ok();
        replies.into_iter().map(outcome).collect()
    }

    #[test]
    fn a_batch_that_fails_takes_only_itself_back() {
        let (_folder, connection) = database();
        let outcomes = commit_group(
            &connection,
            vec![
                vec![insert("a")],
                vec![insert("b"), insert("a")],
                vec![insert("c")],
            ],
        );
        assert_eq!(outcomes, [true, false, true]);
        assert_eq!(names(&connection), ["a", "c"]);
        assert!(!connection.in_transaction());
    }

    #[test]
    fn batches_of_a_group_see_what_came_before_them() {
        let (_folder, connection) = database();
        let outcomes = commit_group(&connection, vec![vec![insert("a")], vec![insert("a")]]);
        assert_eq!(outcomes, [true, false]);
    }

    #[test]
    fn when_the_engine_rolls_the_group_back_each_batch_is_tried_alone() {
        let (_folder, connection) = database();
        let rolls_back = Statement::new("INSERT OR ROLLBACK INTO things VALUES ('a')");
        let outcomes = commit_group(
            &connection,
            vec![vec![insert("a")], vec![rolls_back], vec![insert("c")]],
        );
        assert_eq!(outcomes, [true, false, true]);
        assert_eq!(names(&connection), ["a", "c"]);
    }

    #[test]
    fn a_caller_that_left_does_not_disturb_the_group() {
        let (_folder, connection) = database();
        let (left, reply) = job(vec![insert("a")]);
        drop(reply);
        let (stayed, mut reply) = job(vec![insert("b")]);
        commit(&connection, vec![left, stayed]);
        assert!(reply.try_recv().expect("an answer").is_ok());
        assert_eq!(names(&connection), ["a", "b"]);
    }
}
