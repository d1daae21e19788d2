//! The files of this repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use or3_settings::Environment;
use serde_json::Value;

/// A path below the root.
pub(crate) fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(relative)
}

/// A text file below the root.
pub(crate) fn text(relative: &str) -> String {
    std::fs::read_to_string(path(relative)).expect(relative)
}

/// The file `relative` is `wanted`. With `UPDATE_README=1` it is written instead of compared; `tests`
/// are those that do so.
pub(crate) fn assert_text(relative: &str, wanted: &str, tests: &str) {
    let found = text(relative);
    if found == wanted {
        return;
    }
    if Environment::of_process().get("UPDATE_README") == Some("1") {
        std::fs::write(path(relative), wanted).expect("the file is written");
        return;
    }
    let lines = found.lines().zip(wanted.lines());
    let mut lines = lines.filter(|(found, wanted)| found != wanted);
    panic!(
        "{relative} is not what the code says. To write it anew:\n\n    UPDATE_README=1 cargo test -p \
         or3-tests --test agreement {tests} -- --test-threads=1\n\nThe first line that differs, as it \
         is and as it should be: {:#?}",
        lines.next()
    );
}

/// The folders in `relative`, sorted by name.
pub(crate) fn folders(relative: &str) -> Vec<String> {
    entries(relative, Path::is_dir)
}

/// The files in `relative`, sorted by name.
pub(crate) fn files(relative: &str) -> Vec<String> {
    entries(relative, Path::is_file)
}

fn entries(relative: &str, of_kind: impl Fn(&Path) -> bool) -> Vec<String> {
    let entries = std::fs::read_dir(path(relative)).expect(relative);
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| of_kind(&entry.path()))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Every Rust file below `folder`.
pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The workspace as Cargo understands it, without foreign packages.
pub(crate) fn workspace() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(path(""))
        .output()
        .expect("cargo runs");
    serde_json::from_slice(&output.stdout).expect("cargo's description of the workspace")
}
