//! `/api/openapi.json` says what the code says (ADR 0012).
//!
//! It has every route that the routers have, and so, by the other tests of this folder, every route
//! of the template and of the README.

use std::collections::BTreeSet;

use or3_http::openapi::{Route, document};
use or3_tests::FUNCTIONS;
use serde_json::Value;

use crate::repository;

/// What `health` serves.
const FILE: &str = "functions/health/openapi.json";

/// The document as the code has it.
fn generated() -> String {
    let workspace = repository::workspace();
    let packages = workspace["packages"].as_array().expect("packages");
    let served = FUNCTIONS
        .iter()
        .filter(|function| !function.routes.is_empty());
    let groups = served.map(|function| {
        let package = packages
            .iter()
            .find(|package| package["name"] == function.name);
        let about = package.and_then(|package| package["description"].as_str());
        let about = about.expect("a description").to_owned();
        (function.name.to_owned(), about, (function.describe)())
    });
    document(groups).expect("one document")
}

#[test]
fn every_route_is_described_and_nothing_else_is() {
    for function in FUNCTIONS {
        let name = function.name;
        let described = (function.describe)();
        let described: Vec<_> = described.iter().map(Route::served).collect();
        for route in function.routes {
            assert!(
                described.contains(route),
                "{route:?} is not described: say in functions/{name}/src/openapi.rs what it takes \
                 and answers (CONTRIBUTING.md, a new endpoint)"
            );
        }
        for route in &described {
            assert!(
                function.routes.contains(route),
                "functions/{name}/src/openapi.rs describes {route:?}, which nobody serves"
            );
        }
        assert_eq!(
            described.len(),
            function.routes.len(),
            "{name}: one is there twice"
        );
    }
}

#[test]
fn the_document_that_is_served_is_that_of_the_code() {
    repository::assert_text(FILE, &generated(), "openapi");
}

/// Readers of the document follow its references; one that leads nowhere breaks all of it.
#[test]
fn every_reference_of_the_document_leads_somewhere() {
    let document: Value = serde_json::from_str(&generated()).expect("JSON");
    assert_eq!(document["openapi"], "3.1.0");
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    assert!(references.len() > 5, "{references:?}");
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("one of its own");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                references.insert(reference.to_owned());
            }
            members
                .values()
                .for_each(|value| collect(value, references));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}

/// Whoever reads what a route takes also reads what becomes of it.
#[test]
fn every_operation_says_how_it_ends_well_and_that_it_may_not() {
    let document: Value = serde_json::from_str(&generated()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("operations") {
            let answers = operation["responses"].as_object().expect("answers");
            let begins = |digit| answers.keys().any(|status| status.starts_with(digit));
            assert!(
                begins('2') && begins('5'),
                "{method} {path}: {:?}",
                answers.keys()
            );
        }
    }
}
