//! What a file does on volumes of every kind, and beside other processes.

use std::sync::Arc;

use or3_domain::store::StoreError;
use or3_settings::Place;

use super::volume::FileSystem;
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

#[tokio::test]
async fn a_file_with_a_limit_is_full_where_the_limit_is_and_can_still_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = LocalOptions {
        max_bytes: Some(100_000),
        ..options(&folder)
    };
    drop(create(&options).expect("a database"));
    let executor = LocalExecutor::start(&options).expect("threads");
    write(&executor).await.expect("little");
    let much = Statement::new("INSERT INTO things VALUES (hex(zeroblob(100000)))");
    let outcome = executor.run(Mode::Write, vec![much]).await;
    assert!(matches!(outcome, Err(StoreError::Full(_))), "{outcome:?}");
    let count = vec![Statement::new("SELECT count(*) FROM things")];
    let counted = executor.run(Mode::Read, count).await.expect("read");
    assert_eq!(counted[0].rows[0].int(0).expect("a number"), 0);
    write(&executor).await.expect("little");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn on_disk_and_in_memory_rows_are_written_ahead_and_on_nfs_they_are_not() {
    let on_disk = tempfile::tempdir().expect("a folder");
    let in_memory = tempfile::tempdir_in("/dev/shm").expect("a folder");
    let volumes: [(_, volume::Statfs, _); 3] = [
        (&on_disk, FileSystem::of, "wal"),
        (&in_memory, FileSystem::of, "wal"),
        (&in_memory, volume::nfs, "delete"),
    ];
    for (number, (folder, statfs, journal)) in volumes.into_iter().enumerate() {
        let path = folder.path().join(format!("{number}.db"));
        let options = LocalOptions {
            statfs,
            ..LocalOptions::new(path, Durability::Full)
        };
        drop(create(&options).expect("a database"));
        let executor = LocalExecutor::start(&options).expect("threads");
        write(&executor).await.expect("written");
        let look = vec![Statement::new("PRAGMA journal_mode")];
        let found = executor.run(Mode::Read, look).await.expect("read");
        assert_eq!(found[0].rows[0].text(0).expect("a word"), journal);
        let around = executor.surroundings().expect("known").expect("a file");
        assert_eq!(around.is_network, journal == "delete");
        if number == 1 {
            assert_eq!(around.file_system, "tmpfs");
        }
    }
}
