//! One folder, one package, one binary, one line in the table of functions.

use or3_tests::FUNCTIONS;
use serde_json::Value;

use crate::repository;

#[test]
fn every_folder_is_in_the_table_of_functions() {
    let mut table: Vec<_> = FUNCTIONS.iter().map(|function| function.name).collect();
    table.sort_unstable();
    assert_eq!(
        table,
        repository::folders("functions"),
        "add the function to tests/harness/functions.rs and tests/Cargo.toml, or remove it there"
    );
}

#[test]
fn every_folder_is_a_package_with_one_binary_of_the_same_name() {
    let workspace = repository::workspace();
    let packages = workspace["packages"].as_array().expect("packages");
    for function in FUNCTIONS {
        let package = packages
            .iter()
            .find(|package| package["name"] == function.name)
            .expect(function.name);
        assert_eq!(binaries(package), [function.name]);
    }
}

fn binaries(package: &Value) -> Vec<&str> {
    let targets = package["targets"].as_array().expect("targets");
    targets
        .iter()
        .filter(|target| target["kind"][0] == "bin")
        .filter_map(|target| target["name"].as_str())
        .collect()
}

#[test]
fn no_two_functions_answer_the_same_request() {
    let mut routes: Vec<_> = FUNCTIONS
        .iter()
        .flat_map(|function| function.routes)
        .collect();
    routes.sort_unstable();
    let count = routes.len();
    routes.dedup();
    assert_eq!(routes.len(), count);
}

#[test]
fn every_function_has_a_budget_for_its_zip() {
    let budget = repository::text("infra/budget.txt");
    let lines = budget.lines().filter(|line| !line.starts_with('#'));
    let named: Vec<_> = lines.filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(
        named,
        repository::folders("functions"),
        "left is infra/budget.txt, right is functions/"
    );
}
