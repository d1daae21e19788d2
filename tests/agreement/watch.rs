//! `cargo lambda watch` serves every function behind the contract's paths, on one port.

use std::collections::BTreeMap;

use or3_tests::FUNCTIONS;

use crate::repository;
use crate::version1::{VERSION_1, assert_leads_to_the_same_functions};

#[test]
fn cargo_lambda_routes_every_path_to_the_function_that_serves_it() {
    let workspace = repository::workspace();
    let router = &workspace["metadata"]["lambda"]["watch"]["router"];
    let (version_1, found): (BTreeMap<_, _>, BTreeMap<_, _>) = router
        .as_object()
        .expect("[workspace.metadata.lambda.watch.router]")
        .iter()
        .map(|(path, function)| (path.as_str(), function.as_str().unwrap_or_default()))
        .partition(|(path, _)| path.starts_with(VERSION_1));
    let wanted = FUNCTIONS.iter().flat_map(|function| {
        let paths = function.routes.iter().map(|(_, path)| *path);
        paths.map(|path| (path, function.name))
    });
    assert_eq!(
        found,
        wanted.chain([("/{*path}", "health")]).collect(),
        "left is [workspace.metadata.lambda.watch.router] in Cargo.toml, right is the code: make \
         the manifest follow"
    );
    let version_1: Vec<_> = version_1.into_iter().collect();
    assert_leads_to_the_same_functions(&version_1, FUNCTIONS.iter());
}
