//! `cargo lambda watch` serves every function behind the contract's paths, on one port.

use std::collections::BTreeMap;

use or3_tests::FUNCTIONS;

use crate::repository;

#[test]
fn cargo_lambda_routes_every_path_to_the_function_that_serves_it() {
    let workspace = repository::workspace();
    let router = &workspace["metadata"]["lambda"]["watch"]["router"];
    let found: BTreeMap<_, _> = router
        .as_object()
        .expect("[workspace.metadata.lambda.watch.router]")
        .iter()
        .map(|(path, function)| (path.as_str(), function.as_str().unwrap_or_default()))
        .collect();
    let wanted = FUNCTIONS.iter().flat_map(|function| {
        let paths = function.routes.iter().map(|(_, path)| *path);
        paths.map(|path| (path, function.name))
    });
    assert_eq!(
        found,
        wanted
            .chain([("/", "health"), ("/{*path}", "health")])
            .collect(),
        "left is [workspace.metadata.lambda.watch.router] in Cargo.toml, right is the code: make \
         the manifest follow"
    );
}
