//! The variables that `template.yaml` gives its functions: known ones, and secrets by reference.

use std::collections::BTreeSet;

use or3_tests::FUNCTIONS;
use yaml_rust2::Yaml;

use crate::template::{functions, template};

/// The variables of all functions together, and of each.
fn groups(template: &Yaml) -> Vec<&Yaml> {
    let each = functions(template).into_values();
    let each = each.map(|function| &function["Properties"]);
    let all = std::iter::once(&template["Globals"]["Function"]).chain(each);
    all.map(|group| &group["Environment"]["Variables"])
        .collect()
}

/// Every secret comes from a reference that CloudFormation resolves, never from a parameter's
/// plain value.
#[test]
fn no_secret_stands_in_the_template() {
    let template = template();
    for (_, variable) in or3_settings::variables().filter(|(_, variable)| variable.secret) {
        for group in groups(&template) {
            let value = &group[variable.name];
            assert!(
                value.is_badvalue() || is_reference(value, variable.name),
                "{} must be a {{{{resolve:secretsmanager}}}} reference to the member of its name",
                variable.name
            );
        }
    }
}

/// A reference, or a condition with a reference on one side and nothing on the other.
fn is_reference(value: &Yaml, name: &str) -> bool {
    let member = format!(":SecretString:{name}::${{SecretsVersion}}}}}}");
    let resolved = |value: &Yaml| {
        let text = value.as_str();
        text.is_some_and(|text| text.starts_with("{{resolve:secrets") && text.ends_with(&member))
    };
    let nothing = |value: &Yaml| value.as_str() == Some("AWS::NoValue");
    resolved(value)
        || (resolved(&value[1]) && nothing(&value[2]))
        || (nothing(&value[1]) && resolved(&value[2]))
}

/// A link with an invite may lead to any path, so that whoever answers paths must know invites.
#[test]
fn whoever_answers_paths_knows_invites_and_who_may_register() {
    let template = template();
    let everywhere = &template["Globals"]["Function"]["Environment"]["Variables"];
    assert!(!everywhere["OR3_AUTH_REGISTRATION_MODE"].is_badvalue());
    let found = functions(&template);
    for function in FUNCTIONS
        .iter()
        .filter(|function| !function.routes.is_empty())
    {
        let variables = &found[function.name]["Properties"]["Environment"]["Variables"];
        assert!(
            !variables["OR3_AUTH_INVITE_TOKEN_SECRET"].is_badvalue(),
            "{} checks invites that come by a link",
            function.name
        );
    }
}

#[test]
fn the_account_from_the_start_reaches_the_function_that_creates_it() {
    let template = template();
    let everywhere = &template["Globals"]["Function"]["Environment"]["Variables"];
    assert!(!everywhere["OR3_BASIC_AUTH_BOOTSTRAP_EMAIL"].is_badvalue());
    for (name, function) in functions(&template) {
        let variables = &function["Properties"]["Environment"]["Variables"];
        let password = &variables["OR3_BASIC_AUTH_BOOTSTRAP_PASSWORD"];
        assert_eq!(!password.is_badvalue(), name == "migrate", "{name}");
    }
}

#[test]
fn the_template_sets_only_variables_that_exist() {
    let template = template();
    let known: BTreeSet<_> = or3_settings::variables()
        .map(|(_, variable)| variable.name)
        .collect();
    for group in groups(&template) {
        let names = group.as_hash();
        for name in names.into_iter().flat_map(|names| names.keys()) {
            let name = name.as_str().expect("a name");
            assert!(known.contains(name), "{name} is read by nothing");
        }
    }
}
