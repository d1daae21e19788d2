//! Starts that cannot work: exit code 2, one sentence that names the variable or path and the
//! cure, and nothing on disk is changed.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Stdio;

use rustix::process::Signal;
use tempfile::{TempDir, tempdir};

use crate::listing;
use crate::running::{Running, command};

/// Starts on `world`'s folder `data`, which must fail; returns what it said.
fn refused(world: &TempDir, settings: &[(&str, &str)]) -> String {
    let before = listing::of(world.path());
    let mut process = command(&world.path().join("data"), settings)
        .current_dir(world.path())
        .env("OR3_LOG", "off")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("or3-local runs");
    let mut start_line = String::new();
    let output = process.stdout.take().expect("its output");
    BufReader::new(output)
        .read_line(&mut start_line)
        .expect("an end");
    if !start_line.is_empty() {
        process.kill().expect("it runs");
        panic!("it started with {settings:?}");
    }
    let output = process.wait_with_output().expect("an end");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    assert!(
        listing::of(world.path()) == before,
        "the disk was changed: {said}"
    );
    said
}

/// Asserts that `said` is one sentence with all `parts` in it.
fn one_sentence(said: &str, parts: &[&str]) {
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    for part in parts {
        assert!(said.contains(part), "{part:?} is missing: {said}");
    }
}

/// A folder in which a stack has run and ended.
fn used() -> TempDir {
    let world = tempdir().expect("a folder");
    let running = Running::start(&world.path().join("data"), &[]);
    running.signal(Signal::TERM);
    assert_eq!(running.wait().code(), Some(0));
    world
}

/// Overwrites bytes of a file.
fn overwrite(path: &Path, at: u64, bytes: &[u8]) {
    let file = fs::OpenOptions::new().write(true).open(path);
    let file = file.expect("a file");
    file.write_all_at(bytes, at).expect("written");
}

#[test]
fn a_data_folder_that_is_a_file() {
    let world = tempdir().expect("a folder");
    fs::write(world.path().join("data"), "").expect("a file");
    one_sentence(
        &refused(&world, &[]),
        &["OR3_DATA_DIR", "/data", "is not a folder", "choose"],
    );
}

#[test]
fn a_data_folder_that_nobody_can_make() {
    let world = tempdir().expect("a folder");
    let nowhere = [("OR3_DATA_DIR", "/proc/or3/data")];
    one_sentence(
        &refused(&world, &nowhere),
        &["OR3_DATA_DIR", "/proc", "choose"],
    );
}

#[test]
fn a_blob_folder_below_a_file() {
    let world = tempdir().expect("a folder");
    fs::write(world.path().join("file"), "").expect("a file");
    let below = [("OR3_STORAGE_FS_ROOT", "file/blobs")];
    one_sentence(
        &refused(&world, &below),
        &["OR3_STORAGE_FS_ROOT", "is not a folder"],
    );
}

#[test]
fn a_port_that_somebody_has() {
    let world = tempdir().expect("a folder");
    let somebody = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = somebody.local_addr().expect("an address").to_string();
    one_sentence(
        &refused(&world, &[("OR3_LISTEN", &address)]),
        &["OR3_LISTEN", &address, "0 for"],
    );
}

#[test]
fn a_database_of_a_newer_build() {
    for name in ["or3.db", "or3-limits.db"] {
        let world = used();
        let path = world.path().join("data").join(name);
        overwrite(&path, 60, &900_u32.to_be_bytes());
        one_sentence(
            &refused(&world, &[]),
            &[name, "newer build", "900", "backup"],
        );
    }
}

#[test]
fn a_file_that_is_no_database() {
    for name in ["or3.db", "or3-limits.db"] {
        let world = tempdir().expect("a folder");
        fs::create_dir(world.path().join("data")).expect("a folder");
        let garbage = "not a database, whatever its name says\n".repeat(10);
        fs::write(world.path().join("data").join(name), garbage).expect("a file");
        one_sentence(
            &refused(&world, &[]),
            &[name, "not a usable SQLite database", "backup"],
        );
    }
}

#[test]
fn a_database_that_was_cut_off() {
    let world = used();
    let path = world.path().join("data/or3.db");
    let file = fs::OpenOptions::new()
        .write(true)
        .open(path)
        .expect("a file");
    file.set_len(5000).expect("shorter");
    one_sentence(&refused(&world, &[]), &["or3.db", "cut off", "backup"]);
}

#[test]
fn a_database_that_lost_its_last_pages() {
    let world = used();
    let path = world.path().join("data/or3.db");
    let file = fs::OpenOptions::new()
        .write(true)
        .open(path)
        .expect("a file");
    file.set_len(4096).expect("shorter");
    one_sentence(
        &refused(&world, &[]),
        &["or3.db", "not a usable SQLite database", "backup"],
    );
}

#[test]
fn a_database_whose_schema_is_damaged() {
    let world = used();
    let path = world.path().join("data/or3.db");
    overwrite(&path, 100, &[0xAB; 3996]);
    one_sentence(
        &refused(&world, &[]),
        &["or3.db", "not a usable SQLite database", "backup"],
    );
}

#[test]
fn a_secrets_file_that_is_not_ours() {
    let world = used();
    fs::write(world.path().join("data/secrets.json"), "hush").expect("written");
    one_sentence(
        &refused(&world, &[]),
        &["secrets.json", "restore it, or remove it"],
    );
}

#[test]
fn a_provider_that_this_build_does_not_have() {
    for (variable, known) in [
        ("AUTH_PROVIDER", "basic-auth"),
        ("OR3_SYNC_PROVIDER", "sqlite"),
        ("NUXT_PUBLIC_STORAGE_PROVIDER", "fs"),
    ] {
        let world = tempdir().expect("a folder");
        let said = refused(&world, &[(variable, "convex")]);
        one_sentence(&said, &[variable, "convex", "this build knows", known]);
    }
}

#[test]
fn a_value_that_a_variable_cannot_have() {
    for (variable, value, cure) in [
        ("OR3_LISTEN", "everywhere", "must be an address"),
        ("OR3_DATABASE_READERS", "0", "must be an integer"),
        ("OR3_DATABASE_URL", "ftp://db.example", "must start with"),
        ("OR3_DATABASE_URL", "http://", "must be like"),
        ("OR3_SHUTDOWN_TIMEOUT_MS", "soon", "must be an integer"),
        (
            "OR3_STORAGE_FS_URL_TTL_SECONDS",
            "4000",
            "must be an integer",
        ),
        ("OR3_ENV", "prod", "production"),
        ("OR3_LOG_FORMAT", "xml", "json"),
    ] {
        let world = tempdir().expect("a folder");
        let said = refused(&world, &[(variable, value)]);
        one_sentence(&said, &[variable, value, cure]);
    }
}

#[test]
fn several_wrong_values_are_named_at_once() {
    let world = tempdir().expect("a folder");
    let wrong = [("OR3_DATABASE_READERS", "0"), ("OR3_SYNC_PROVIDER", "x")];
    let said = refused(&world, &wrong);
    assert_eq!(said.trim_end().lines().count(), 2, "{said}");
}

#[test]
fn production_without_secrets_names_every_missing_one() {
    let world = tempdir().expect("a folder");
    for production in [("OR3_ENV", "production"), ("NODE_ENV", "production")] {
        let said = refused(&world, &[production]);
        for secret in [
            "OR3_BASIC_AUTH_JWT_SECRET",
            "OR3_BASIC_AUTH_REFRESH_SECRET",
            "OR3_STORAGE_FS_TOKEN_SECRET",
        ] {
            assert!(said.contains(secret), "{secret} is missing: {said}");
        }
    }
}

#[test]
fn faults_in_production_or_without_sense() {
    for (faults, settings, cure) in [
        (
            "throttle=0.1",
            [("OR3_ENV", "production")],
            "is for development: remove it",
        ),
        (
            "throtle=0.1",
            [("OR3_ENV", "test")],
            "this build knows seed, cold-start",
        ),
        (
            "db-loss=0.1",
            [("OR3_ENV", "test")],
            "by http:// in OR3_DATABASE_URL",
        ),
    ] {
        let world = tempdir().expect("a folder");
        let settings = settings.into_iter().chain([("OR3_FAULTS", faults)]);
        let said = refused(&world, &settings.collect::<Vec<_>>());
        let line = said.lines().find(|line| line.starts_with("OR3_FAULTS "));
        assert!(line.is_some_and(|line| line.contains(cure)), "{said}");
    }
}

#[test]
fn a_database_server_that_is_away() {
    let world = tempdir().expect("a folder");
    let bound = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", bound.local_addr().expect("an address"));
    drop(bound);
    let said = refused(&world, &[("OR3_DATABASE_URL", &url)]);
    one_sentence(&said, &["OR3_DATABASE_URL", &url, "start the server"]);
}
