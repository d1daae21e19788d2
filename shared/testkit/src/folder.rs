//! Folders of tests.

use std::path::Path;

/// The names in `folder`, sorted; none if there is no such folder.
///
/// # Panics
///
/// When the folder cannot be read to its end.
#[expect(clippy::expect_used, reason = "a test that cannot look must fail")]
pub fn names_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
