//! The function over real databases.

use std::sync::Arc;

use migrate::{Migrated, Ports, handle};
use or3_domain::auth::password::HashCost;
use or3_domain::auth::{BootstrapAccount, Email};
use or3_domain::ids::SystemIds;
use or3_settings::{Database, Environment};
use or3_state::State;
use or3_testkit::FixedClock;
use tempfile::TempDir;

fn database(folder: &TempDir) -> Database {
    let data = folder.path().to_string_lossy();
    let environment = Environment::of([("OR3_DATA_DIR", &*data)]);
    environment.load::<Database>().expect("settings")
}

fn ports(folder: &TempDir) -> Ports {
    Ports {
        schema: State::schema(database(folder), Arc::new(FixedClock::default())),
        bootstrap: None,
    }
}

fn with_account(folder: &TempDir, password: &str) -> Ports {
    let state = State::open(&database(folder)).expect("a path");
    let cost = HashCost {
        memory_kib: 64,
        passes: 1,
    };
    let account = BootstrapAccount::new(
        (" Root@Example.test ", password),
        cost,
        state.accounts(),
        Arc::new(FixedClock::default()),
        Arc::new(SystemIds),
    );
    Ports {
        bootstrap: Some(account),
        ..ports(folder)
    }
}

#[tokio::test]
async fn the_first_invocation_applies_everything_and_the_second_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = handle(&ports(&folder)).await.expect("migrated");
    assert!(first.applied > 0 && !first.account_created);
    let second = handle(&ports(&folder)).await.expect("migrated");
    let nothing = Migrated {
        applied: 0,
        account_created: false,
    };
    assert_eq!(second, nothing);
}

#[tokio::test]
async fn the_account_that_exists_from_the_start_is_created_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = handle(&with_account(&folder, "one")).await.expect("done");
    assert!(first.applied > 0 && first.account_created);
    let accounts = State::open(&database(&folder)).expect("a path").accounts();
    let root = Email::normalized("root@example.test");
    let found = accounts.find_by_email(&root).await.expect("answered");
    let hash = found.expect("an account").password_hash;
    let second = handle(&with_account(&folder, "two")).await.expect("done");
    assert!(!second.account_created);
    let found = accounts.find_by_email(&root).await.expect("answered");
    assert_eq!(found.expect("an account").password_hash, hash);
}

#[tokio::test]
async fn an_account_joins_a_database_that_was_migrated_before() {
    let folder = tempfile::tempdir().expect("a folder");
    handle(&ports(&folder)).await.expect("migrated");
    let later = handle(&with_account(&folder, "one")).await.expect("done");
    let created = Migrated {
        applied: 0,
        account_created: true,
    };
    assert_eq!(later, created);
}

#[tokio::test]
async fn a_file_that_is_no_database_fails_the_invocation() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("or3.db"), "something else entirely").expect("written");
    let error = handle(&ports(&folder)).await.expect_err("no database");
    assert!(error.to_string().contains("or3.db"), "{error}");
}
