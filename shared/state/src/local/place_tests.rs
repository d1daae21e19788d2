//! What a file does on volumes of every kind, and beside other processes.

use std::sync::Arc;

use or3_domain::store::StoreError;
use or3_settings::Place;

use super::{Durability, LocalExecutor, LocalOptions, create, volume};
use crate::database::{Executor, Mode};
use crate::statement::Statement;

const LAMBDA: Place = Place {
    lambda: true,
    strict: true,
};

fn options(folder: &tempfile::TempDir) -> LocalOptions {
    LocalOptions::new(folder.path().join("or3.db"), Durability::Full)
}

async fn write(executor: &LocalExecutor) -> Result<(), StoreError> {
    let write = vec![Statement::new(
        "CREATE TABLE IF NOT EXISTS things (name TEXT)",
    )];
    executor.run(Mode::Write, write).await.map(drop)
}

/// A refusal as a request sees it: passing trouble, with the cure for the log.
fn refused(outcome: Result<(), StoreError>, cure: &str) {
    match outcome {
        Err(StoreError::Unavailable(text)) => assert!(text.contains(cure), "{text}"),
        other => panic!("{cure}: {other:?}"),
    }
}

#[tokio::test]
async fn what_a_file_stands_on_is_known_before_and_after_it_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = options(&folder);
    drop(create(&options).expect("a database"));
    options.let_go();
    let executors = [(); 2].map(|()| {
        let own = LocalOptions {
            standing: Arc::default(),
            ..options.clone()
        };
        LocalExecutor::start(&own).expect("threads")
    });
    let look = || executors[0].surroundings().expect("known").expect("a file");
    assert_eq!((look().writers, look().may_write), (Some(0), false));
    for executor in &executors {
        write(executor).await.expect("written");
    }
    assert_eq!((look().writers, look().may_write), (Some(2), true));
    assert!(!look().is_network);
    executors[1].close();
    assert_eq!(look().writers, Some(1));
}

#[tokio::test]
async fn a_file_that_was_made_with_a_log_is_not_opened_on_nfs() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(create(&options(&folder)).expect("a database on a local disk"));
    let options = LocalOptions {
        statfs: volume::nfs,
        ..options(&folder)
    };
    let executor = LocalExecutor::start(&options).expect("threads");
    refused(write(&executor).await, "PRAGMA journal_mode = DELETE");
    let look = vec![Statement::new("SELECT 1")];
    let read = executor.run(Mode::Read, look).await.map(drop);
    refused(read, "PRAGMA journal_mode = DELETE");
}

#[tokio::test]
async fn from_lambda_the_second_process_that_writes_a_volume_is_refused_until_the_first_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let environment = || LocalOptions {
        place: LAMBDA,
        statfs: volume::nfs,
        ..options(&folder)
    };
    drop(create(&environment()).expect("a database on a volume"));
    let [first, second] = [(); 2].map(|()| LocalExecutor::start(&environment()).expect("threads"));
    write(&first).await.expect("the only one");
    refused(write(&second).await, "ReservedConcurrentExecutions: 1");
    let look = vec![Statement::new("SELECT 1")];
    second
        .run(Mode::Read, look)
        .await
        .expect("whoever reads may");
    first.close();
    write(&second).await.expect("the only one now");
}

#[tokio::test]
async fn from_lambda_a_disk_of_the_environment_is_refused_in_production() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(create(&options(&folder)).expect("a database"));
    for (strict, works) in [(false, true), (true, false)] {
        let place = Place { strict, ..LAMBDA };
        let options = LocalOptions {
            place,
            ..options(&folder)
        };
        let executor = LocalExecutor::start(&options).expect("threads");
        let outcome = write(&executor).await;
        assert_eq!(outcome.is_ok(), works, "{outcome:?}");
    }
}
