//! `scripts/deploy` with a `sam` that writes down what it is asked for: which parameters reach the
//! build and the deployment, where `migrate` is invoked, and what becomes of one that fails.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::repository;

/// Notes its arguments, and the parameters that a file of them holds.
const SAM: &str = r#"#!/usr/bin/env bash
printf '%s\n' "$*" >>"$ASKED"
for word; do [[ $word != file:///tmp* ]] || cat "${word#file://}" >>"$ASKED"; done
[[ $1 != remote ]] || printf '%s\n' "$ANSWER"
"#;

struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("deploy-").tempdir();
        let folder = folder.expect("a folder");
        for path in ["scripts/deploy", "template.yaml", "infra/stages/dev.yaml"] {
            put(folder.path(), path, &repository::text(path));
        }
        put(folder.path(), ".tools/bin/sam", SAM);
        put(folder.path(), ".tools/bin/cargo-lambda", "");
        Self { folder }
    }

    /// What became of it, and what `sam` was asked for, a line each.
    fn deploy(&self, arguments: &[&str], answer: &str) -> (Output, Vec<String>) {
        let asked = self.folder.path().join("asked");
        let output = Command::new(self.folder.path().join("scripts/deploy"))
            .args(arguments)
            .env("ASKED", &asked)
            .env("ANSWER", answer)
            .env("TMPDIR", "/tmp")
            .output()
            .expect("the script starts");
        let lines = fs::read_to_string(asked).unwrap_or_default();
        (output, lines.lines().map(str::to_owned).collect())
    }
}

fn put(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(&path, text).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("executable");
}

fn starting<'a>(lines: &'a [String], word: &str) -> &'a str {
    let line = lines.iter().find(|line| line.starts_with(word));
    line.expect(word)
}

#[test]
fn build_deployment_and_migration_have_the_same_account_and_parameters() {
    let desk = Desk::new();
    let words = "BlockedWords=acme corp, it's \"quoted\"";
    let arguments = [
        "--stage",
        "dev",
        "Architecture=x86_64",
        words,
        "BootstrapEmail=",
        "--",
    ];
    let account = ["--profile", "work", "--region=eu-north-1"];
    let (output, asked) = desk.deploy(&[&arguments[..], &account].concat(), "{}");
    assert!(output.status.success(), "{output:?}");
    for step in ["build", "deploy", "remote invoke MigrateFunction"] {
        let line = starting(&asked, step);
        assert!(line.contains("--profile work"), "{line}");
        assert!(line.contains("--region=eu-north-1"), "{line}");
    }
    for step in ["build", "deploy"] {
        assert!(starting(&asked, step).contains("/infra/stages/dev.yaml file:///tmp"));
    }
    assert!(starting(&asked, "deploy").contains("--stack-name or3-dev"));
    assert!(starting(&asked, "remote").contains("--stack-name or3-dev"));
    for parameter in [
        "Architecture: 'x86_64'",
        "BlockedWords: 'acme corp, it''s \"quoted\"'",
        "BootstrapEmail: ''",
    ] {
        assert!(asked.iter().any(|line| line == parameter), "{asked:?}");
    }
}

#[test]
fn a_stack_of_another_name_is_migrated_and_one_that_only_shows_is_not() {
    let desk = Desk::new();
    let (_, asked) = desk.deploy(&["--stage", "dev", "--", "--stack-name", "mine"], "{}");
    assert!(starting(&asked, "remote").contains("--stack-name mine"));
    assert!(!starting(&asked, "deploy").contains("or3-dev --"));
    let desk = Desk::new();
    let (output, asked) = desk.deploy(&["--stage", "dev", "--", "--no-execute-changeset"], "{}");
    assert!(output.status.success(), "{output:?}");
    assert!(!asked.iter().any(|line| line.starts_with("remote")));
}

#[test]
fn a_migration_that_fails_fails_the_deployment() {
    let answer = r#"{"StatusCode": 200, "FunctionError": "Unhandled", "Payload": "{}"}"#;
    let (output, _) = Desk::new().deploy(&["--stage", "dev"], answer);
    assert_eq!(output.status.code(), Some(70));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("migrate failed"), "{told}");
}

#[test]
fn what_is_no_stage_or_parameter_is_refused_before_anything_is_built() {
    for (arguments, named) in [
        (&["--stage", "moon"][..], "moon"),
        (&["--stage", "dev", "Colour=red"], "Colour"),
        (&["--stage", "dev", "--profile"], "--profile"),
        (&["--guided", "Stage=a\nb"], "Stage"),
    ] {
        let (output, asked) = Desk::new().deploy(arguments, "{}");
        assert_eq!(output.status.code(), Some(64), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(named));
        assert!(asked.is_empty(), "{asked:?}");
    }
}
