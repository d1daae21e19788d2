//! Group commit: what has queued up becomes one transaction, so that one flush to disk serves many
//! requests. Each batch stays all or nothing: when one of them fails, which is rare, the group is
//! taken back and each gets a transaction of its own. Savepoints around every batch would cost all
//! groups what only those need.

use or3_domain::store::StoreError;

use super::Job;
use super::connection::Connection;
use super::worker::fail;
use crate::statement::Answer;

/// Runs every job that somebody waits for and answers it once its effect is durable.
pub(super) fn commit(connection: &Connection, jobs: Vec<Job>) {
    let jobs: Vec<_> = jobs.into_iter().filter(Job::is_wanted).collect();
    if jobs.len() < 2 {
        return each(connection, jobs);
    }
    if let Err(error) = connection.run("BEGIN IMMEDIATE") {
        return fail(jobs, &error);
    }
    let Ok(answers) = together(connection, &jobs) else {
        connection.roll_back();
        return each(connection, jobs);
    };
    for (job, answers) in jobs.into_iter().zip(answers) {
        let _caller_left = job.reply.send(Ok(answers));
    }
}

/// The answers of all jobs, committed; an error of any of them is an error of the group.
fn together(connection: &Connection, jobs: &[Job]) -> Result<Vec<Vec<Answer>>, StoreError> {
    let answers = jobs.iter().map(|job| connection.all(&job.batch));
    let answers = answers.collect::<Result<_, _>>()?;
    connection.run("COMMIT")?;
    Ok(answers)
}

/// Runs every job in a transaction of its own, which is rolled back when nobody waits for it at its
/// end.
fn each(connection: &Connection, jobs: Vec<Job>) {
    for job in jobs {
        let outcome = connection.write(&job.batch, || job.is_wanted());
        let _caller_left = job.reply.send(outcome);
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
        let options = LocalOptions::new(folder.path().join("or3.db"), Durability::Full);
        let connection = local::create(&options);
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
        assert_eq!(
            names(&connection),
            ["b"],
            "who left was told that nothing happened"
        );
    }

    #[test]
    fn a_caller_that_leaves_during_its_transaction_has_it_rolled_back() {
        let (_folder, connection) = database();
        let outcome = connection.write(&[insert("a")], || false);
        assert!(
            matches!(outcome, Err(StoreError::Unavailable(_))),
            "{outcome:?}"
        );
        assert!(names(&connection).is_empty() && !connection.in_transaction());
    }
}
