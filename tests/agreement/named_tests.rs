//! The pages of `docs/contract` and `docs/security` name tests that exist.
//!
//! A page of the contract is a table `| no. | what is asserted, in short | test, or the reason |`,
//! one row a line of the contract, numbered without a gap. A row names at least one test in
//! backticks (`a_fact_in_words`, also `file::a_fact_in_words`), or its last cell begins with
//! `none:` and says why there is nothing to test.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::repository;

/// Where pages that name tests are.
const CONTRACT: &str = "docs/contract";
const SECURITY: &str = "docs/security";

/// Where tests are.
const SOURCES: [&str; 4] = ["functions", "infra", "shared", "tests"];

fn pages(folder: &str) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(repository::path(folder)).expect(folder);
    let files = entries.map(|entry| entry.expect("an entry").path());
    let mut pages: Vec<_> = files
        .filter(|file| file.extension().is_some_and(|extension| extension == "md"))
        .map(|file| {
            let text = std::fs::read_to_string(&file).expect("a page");
            (file.display().to_string(), text)
        })
        .collect();
    pages.sort();
    assert!(!pages.is_empty(), "{folder} has pages");
    pages
}

/// Texts in backticks that are names of tests: words in lower case joined by `_`, after a place and
/// `::`, or alone and then joined by three `_` or more, so that columns and the like are none.
fn named(text: &str) -> BTreeSet<&str> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted
        .filter(|text| {
            text.chars()
                .all(|c| "_:".contains(c) || c.is_ascii_lowercase() || c.is_ascii_digit())
        })
        .filter_map(|text| match text.rsplit_once("::") {
            Some((_place, name)) => Some(name),
            None => (text.matches('_').count() >= 3).then_some(text),
        })
        .collect()
}

/// The names of all tests: functions under a `test` attribute, and the facts of the suites, which
/// become tests where a provider runs them.
fn tests() -> BTreeSet<String> {
    let folders = SOURCES.map(repository::path);
    let files = folders
        .iter()
        .flat_map(|folder| repository::rust_files(folder));
    files.flat_map(|file| tests_of(&file)).collect()
}

fn tests_of(file: &PathBuf) -> Vec<String> {
    let text = std::fs::read_to_string(file).expect("a source file");
    let path = file.to_string_lossy();
    let suite = path.contains("testkit/src") && path.contains("_suite");
    let mut under_test = false;
    let mut names = Vec::new();
    for line in text.lines().map(str::trim_start) {
        under_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        let fact = suite && line.starts_with("pub async fn ");
        if let Some((_, rest)) = line.split_once("fn ").filter(|(head, _)| is_head(head)) {
            if under_test || fact {
                names.extend(rest.split(['(', '<']).next().map(str::to_owned));
            }
            under_test = false;
        }
    }
    names
}

/// What may stand before `fn`.
fn is_head(head: &str) -> bool {
    head.split_whitespace()
        .all(|word| ["pub", "pub(crate)", "async"].contains(&word))
}

#[test]
fn every_test_that_a_page_names_exists() {
    let tests = tests();
    for folder in [CONTRACT, SECURITY] {
        let printed = |page: &str| page.ends_with("/admin-endpoints.md");
        for (page, text) in pages(folder).iter().filter(|(page, _)| !printed(page)) {
            let named = named(text);
            assert!(named.len() > 10, "the names are read from {page}");
            for name in named {
                assert!(tests.contains(name), "{page} names {name}: no such test");
            }
        }
    }
}

#[test]
fn every_line_of_the_contract_names_a_test_or_a_reason() {
    for (page, text) in pages(CONTRACT) {
        let mut last = 0;
        for row in text.lines().filter(|line| line.starts_with("| ")) {
            let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
            let Ok(number) = cells[0].parse::<u32>() else {
                continue;
            };
            assert_eq!(number, last + 1, "{page}: lines are numbered without a gap");
            assert_eq!(cells.len(), 3, "{page}: line {number} has three cells");
            let reason = cells[2].strip_prefix("none: ");
            assert!(
                reason.is_some_and(|reason| !reason.is_empty()) || !named(cells[2]).is_empty(),
                "{page}: line {number} names no test and begins with no `none: ` and a reason"
            );
            last = number;
        }
        assert!(last > 0, "{page} has numbered lines");
    }
}
