//! The function over real databases.

use std::sync::Arc;

use migrate::{Ports, handle};
use or3_settings::{Database, Environment};
use or3_state::State;
use or3_testkit::FixedClock;
use tempfile::TempDir;

fn ports(folder: &TempDir) -> Ports {
    let data = folder.path().to_string_lossy();
    let environment = Environment::of([("OR3_DATA_DIR", &*data)]);
    let database = environment.load::<Database>().expect("settings");
    Ports {
        schema: State::schema(database, Arc::new(FixedClock::default())),
    }
}

#[tokio::test]
async fn the_first_invocation_applies_everything_and_the_second_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = handle(&ports(&folder)).await.expect("migrated");
    assert!(first.applied > 0);
    let second = handle(&ports(&folder)).await.expect("migrated");
    assert_eq!(second.applied, 0);
}

#[tokio::test]
async fn a_file_that_is_no_database_fails_the_invocation() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("or3.db"), "something else entirely").expect("written");
    let error = handle(&ports(&folder)).await.expect_err("no database");
    assert!(error.to_string().contains("or3.db"), "{error}");
}
