//! `or3-local config`.

use std::path::Path;

use tempfile::tempdir;

use crate::listing;
use crate::running::command;

/// Exit code and output.
fn shown(data: &Path, settings: &[(&str, &str)]) -> (Option<i32>, String) {
    let output = command(data, settings).arg("config").output();
    let output = output.expect("or3-local runs");
    let text = String::from_utf8(output.stdout).expect("text");
    (output.status.code(), text)
}

#[test]
fn the_settings_in_force_are_shown_with_their_source_and_without_secrets() {
    let data = tempdir().expect("a folder");
    let settings = [
        ("OR3_ADMIN_USERNAME", "root"),
        ("OR3_ADMIN_PASSWORD", "hush hush hush"),
        ("OR3_STORAGE_PROVIDER", "fs"),
        (
            "OR3_DATABASE_URL",
            "https://name:hush@db.example/?authToken=hush",
        ),
    ];
    let (code, text) = shown(data.path(), &settings);
    assert_eq!(code, Some(0), "{text}");
    assert!(!text.contains("hush"), "{text}");
    for line in [
        "[Administration]",
        "OR3_ADMIN_USERNAME = root  (environment)",
        "OR3_ADMIN_PASSWORD = ******  (environment)",
        "OR3_ADMIN_JWT_SECRET = ******  (made by this process)",
        "NUXT_PUBLIC_STORAGE_PROVIDER = fs  (OR3_STORAGE_PROVIDER)",
        "OR3_DATABASE_URL = https://******@db.example/?******  (environment)",
        "OR3_GC_INTERVAL_SECONDS = 3600  (default)",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(listing::of(data.path()).is_empty(), "nothing is written");
}

#[test]
fn everything_that_is_wrong_is_named_at_once_whoever_reads_it() {
    let data = tempdir().expect("a folder");
    let settings = [
        ("OR3_ENV", "production"),
        ("OR3_LISTEN", "nowhere"),
        ("OR3_LOG_FORMAT", "runes"),
        ("OR3_DATABASE_READERS", "0"),
        ("OR3_ADMIN_USERNAME", "root"),
        ("OR3_TEST_MODE", "true"),
        ("OR3_FAULTS", "throttle=0.1"),
    ];
    let wrong = [
        "OR3_LISTEN",
        "OR3_LOG_FORMAT",
        "OR3_DATABASE_READERS",
        "OR3_ADMIN_PASSWORD",
        "OR3_ADMIN_JWT_SECRET",
        "OR3_TEST_MODE",
        "OR3_FAULTS",
        "OR3_BASIC_AUTH_JWT_SECRET",
        "OR3_BASIC_AUTH_REFRESH_SECRET",
        "OR3_STORAGE_FS_TOKEN_SECRET",
    ];
    let (code, text) = shown(data.path(), &settings);
    assert_eq!(code, Some(2));
    let started = command(data.path(), &settings).output();
    let started = started.expect("or3-local runs");
    assert_eq!(started.status.code(), Some(2));
    let refused = String::from_utf8(started.stderr).expect("text");
    for name in wrong {
        let told = format!("wrong: {name} ");
        assert!(text.contains(&told), "{name}\n{text}");
        let told = format!("{name} ");
        assert_eq!(refused.matches(&told).count(), 1, "{name}\n{refused}");
    }
    assert_eq!(refused.trim().lines().count(), wrong.len(), "{refused}");
}
