//! The function over real databases.

use std::path::Path;
use std::sync::Arc;

use migrate::{Migrated, Ports, handle};
use or3_blobs::{FsBlobs, FsProbe};
use or3_domain::auth::password::HashCost;
use or3_domain::auth::{BootstrapAccount, Email};
use or3_domain::health::{Findings, Probe};
use or3_domain::ids::SystemIds;
use or3_domain::storage::BlobRoot;
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
        volume: None,
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

fn with_volume(folder: &TempDir, root: &Path) -> (FsBlobs, Ports) {
    let clock = Arc::new(FixedClock::default());
    let blobs = FsBlobs::new(root, clock, Arc::new(SystemIds));
    let volume = Some(Arc::new(blobs.clone()) as Arc<dyn BlobRoot>);
    let ports = Ports {
        volume,
        ..ports(folder)
    };
    (blobs, ports)
}

/// A fresh volume is mounted and empty; before somebody prepares it, it counts as not mounted.
#[tokio::test]
async fn a_fresh_volume_takes_files_after_it_and_repeating_it_removes_none() {
    let (folder, root) = (tempfile::tempdir(), tempfile::tempdir());
    let (folder, root) = (folder.expect("a folder"), root.expect("a volume"));
    let (blobs, ports) = with_volume(&folder, root.path());
    let probe = FsProbe::new(&blobs);
    assert_eq!(probe.probe().await.errors.len(), 1);
    handle(&ports).await.expect("migrated");
    assert_eq!(probe.probe().await, Findings::default());
    let kept = root.path().join("workspaces/kept");
    std::fs::write(&kept, "a file").expect("written");
    handle(&ports).await.expect("migrated again");
    assert!(kept.exists());
}

#[tokio::test]
async fn a_volume_that_is_not_there_fails_the_invocation_with_its_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let nowhere = folder.path().join("not/mounted");
    let error = handle(&with_volume(&folder, &nowhere).1).await;
    let error = error.expect_err("no volume").to_string();
    assert!(error.contains("volume"), "{error}");
    assert!(!nowhere.exists());
}
