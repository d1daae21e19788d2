//! `/api/v1/…` leads to the function of `/api/…`; pages have no versions. Template and manifest have one greedy pattern a group
//! of routes; of those that fit a path, the most specific is taken.

use or3_tests::{FUNCTIONS, Function};

/// What the paths of version 1 begin with.
pub(crate) const VERSION_1: &str = "/api/v1/";

/// Asserts that `patterns`, each with the name of a function, lead every route of `functions` under
/// its path of version 1 to the function that serves it.
pub(crate) fn assert_leads_to_the_same_functions<'a>(
    patterns: &[(&str, &str)],
    functions: impl Iterator<Item = &'a Function>,
) {
    for function in functions {
        let of_the_api = function
            .routes
            .iter()
            .filter(|(_, path)| path.starts_with("/api/"));
        for (_, path) in of_the_api {
            let path = path.replacen("/api/", VERSION_1, 1);
            let fitting = patterns.iter().filter(|(pattern, _)| fits(pattern, &path));
            let taken = fitting.max_by_key(|(pattern, _)| specificity(pattern));
            let taken = taken.map_or("health", |(_, name)| *name);
            assert_eq!(taken, function.name, "{path} leads elsewhere");
        }
    }
}

/// A pattern ends, or ends in `{name+}` or `{*name}`, which is one segment or more.
fn fits(pattern: &str, path: &str) -> bool {
    match pattern.rsplit_once('/') {
        Some((group, last)) if is_greedy(last) => {
            let rest = path.strip_prefix(group);
            rest.is_some_and(|rest| rest.starts_with('/') && rest.len() > 1)
        }
        _ => pattern == path,
    }
}

fn is_greedy(segment: &str) -> bool {
    segment.starts_with("{*") || segment.ends_with("+}")
}

/// A whole path comes before a greedy one, a longer group before a shorter.
fn specificity(pattern: &str) -> (bool, usize) {
    (!pattern.ends_with('}'), pattern.len())
}

#[test]
fn no_route_is_version_1_already() {
    let mut routes = FUNCTIONS.iter().flat_map(|function| function.routes);
    assert!(routes.all(|(_, path)| !path.starts_with(VERSION_1)));
}
