//! The README's tables are those of the code.

use std::fmt::Write;

use or3_settings::{Faults, SECRETS, Variable, variables};
use or3_tests::FUNCTIONS;

use crate::repository;

#[test]
fn the_table_of_routes_is_that_of_the_functions() {
    let mut table = String::from("| function | routes |\n|---|---|\n");
    for function in FUNCTIONS {
        let routes = function.routes.iter();
        let routes: Vec<_> = routes
            .map(|(method, path)| format!("`{method} {path}`"))
            .collect();
        let routes = match routes.join("<br>") {
            none if none.is_empty() => "none: invoked by events".to_owned(),
            routes => routes,
        };
        let name = function.name;
        writeln!(
            table,
            "| [`{name}`](functions/{name}/src/lib.rs) | {routes} |"
        )
        .expect("text");
    }
    assert_block("routes", &table);
}

#[test]
fn the_table_of_variables_is_that_of_the_settings() {
    let mut table = String::new();
    let mut current = "";
    for (section, variable) in variables() {
        if section != current {
            let gap = if current.is_empty() { "" } else { "\n" };
            let head = "| variable | default | meaning |\n|---|---|---|";
            writeln!(table, "{gap}**{section}**\n\n{head}").expect("text");
            current = section;
        }
        writeln!(table, "{}", row(variable)).expect("text");
    }
    assert_block("variables", &table);
}

fn row(variable: &Variable) -> String {
    let names = std::iter::once(variable.name).chain(variable.aliases.iter().copied());
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    let default = match variable.default {
        "" if SECRETS.contains(&variable.name) => "made once in development",
        "" => "none",
        default => default,
    };
    let names = names.join(", ");
    format!("| {names} | {default} | {} |", variable.meaning)
}

/// Who meets a fault by its name finds what it does.
#[test]
fn the_page_of_faults_has_a_row_for_each() {
    let page = repository::text("docs/operations/faults.md");
    for name in Faults::names() {
        assert!(page.contains(&format!("\n| `{name}` |")), "{name}");
    }
}

/// The text between `<!-- NAME -->` and `<!-- /NAME -->` is `wanted`.
fn assert_block(name: &str, wanted: &str) {
    let readme = repository::text("README.md");
    let (open, close) = (
        format!("<!-- {name} -->\n\n"),
        format!("\n<!-- /{name} -->"),
    );
    let (before, rest) = readme.split_once(&open).expect("the block's beginning");
    let (_, after) = rest.split_once(&close).expect("the block's end");
    let text = format!("{before}{open}{wanted}{close}{after}");
    repository::assert_text("README.md", &text, "readme");
}
