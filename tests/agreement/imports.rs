//! Who may import whom (design, section 1). What single foreign crates may be linked by is in
//! `deny.toml`.

use std::collections::BTreeSet;

use or3_tests::FUNCTIONS;
use serde_json::Value;

use crate::repository;

/// What a package of `functions/` and `shared/` may link of ours; its tests may link more.
fn allowed(package: &str) -> &'static [&'static str] {
    match package {
        "or3-domain" | "or3-relay" | "or3-settings" => &[],
        "or3-http" | "or3-outbound" => &["or3-domain"],
        "or3-aws" => &["or3-domain", "or3-settings"],
        "or3-runtime" => &["or3-domain", "or3-http", "or3-outbound", "or3-settings"],
        "or3-testkit" => &["or3-domain", "or3-http", "or3-relay", "or3-settings"],
        name if FUNCTIONS.iter().any(|function| function.name == name) => &[
            "or3-blobs",
            "or3-domain",
            "or3-dynamodb",
            "or3-http",
            "or3-oidc",
            "or3-runtime",
            "or3-s3",
            "or3-settings",
            "or3-state",
        ],
        // Adapters: one technology each, and no word of each other.
        _ => &["or3-aws", "or3-domain", "or3-outbound", "or3-settings"],
    }
}

/// Where everything comes together: the local stack, benchmarks, tests by URL.
fn sees_everything(package: &Value) -> bool {
    let manifest = package["manifest_path"].as_str().expect("a path");
    ["/infra/", "/tests/"]
        .iter()
        .any(|folder| manifest.contains(folder))
}

#[test]
fn packages_link_only_what_their_place_in_the_tree_allows() {
    let workspace = repository::workspace();
    let packages = workspace["packages"].as_array().expect("packages");
    let ours: BTreeSet<_> = packages.iter().map(name).collect();
    for package in packages.iter().filter(|package| !sees_everything(package)) {
        let allowed = allowed(name(package));
        let dependencies = package["dependencies"].as_array().expect("dependencies");
        let linked = dependencies
            .iter()
            .filter(|dependency| dependency["kind"].is_null());
        for dependency in linked.map(name).filter(|name| ours.contains(name)) {
            assert!(
                allowed.contains(&dependency),
                "{} must not link {dependency}; it may link {allowed:?}",
                name(package)
            );
        }
    }
}

fn name(of: &Value) -> &str {
    of["name"].as_str().expect("a name")
}

/// A package has one list of dependencies for its library and its `main.rs`, so that this rule
/// must be read off the text.
#[test]
fn a_functions_library_names_no_provider() {
    let providers = [
        "or3_settings",
        "or3_runtime",
        "or3_state",
        "or3_blobs",
        "or3_dynamodb",
        "or3_oidc",
        "or3_outbound",
        "or3_s3",
    ];
    for function in FUNCTIONS {
        let source = repository::path(&format!("functions/{}/src", function.name));
        for file in repository::rust_files(&source) {
            if file.ends_with("main.rs") {
                continue;
            }
            let text = std::fs::read_to_string(&file).expect("a source file");
            let product = text.split("#[cfg(test)]").next().unwrap_or_default();
            for provider in providers {
                assert!(
                    !product.contains(provider),
                    "{} names {provider}: only main.rs picks providers; let the library ask for \
                     a port in `Ports`",
                    file.display()
                );
            }
        }
    }
}
