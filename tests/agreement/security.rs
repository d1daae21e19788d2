//! `docs/security/asvs.md` names tests that exist.

use std::collections::BTreeSet;

use crate::repository;

const FILE: &str = "docs/security/asvs.md";

/// Texts in backticks that are names of tests: `module::a_fact_in_words`, or the fact alone.
fn named(document: &str) -> BTreeSet<&str> {
    let quoted = document.split('`').skip(1).step_by(2);
    quoted
        .map(|text| text.rsplit("::").next().unwrap_or(text))
        .filter(|name| name.matches('_').count() >= 3)
        .filter(|name| {
            name.chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        })
        .collect()
}

#[test]
fn every_test_that_the_table_names_exists() {
    let sources: String = ["functions", "shared"]
        .iter()
        .flat_map(|folder| repository::rust_files(&repository::path(folder)))
        .map(|file| std::fs::read_to_string(file).expect("a source file"))
        .collect();
    let document = repository::text(FILE);
    let named = named(&document);
    assert!(named.len() > 10, "the names are read from the table");
    for name in named {
        assert!(
            sources.contains(&format!("fn {name}(")),
            "{FILE} names {name}, which no test is called"
        );
    }
}
