//! `template.yaml` deploys exactly the functions and routes that there are.

use std::collections::{BTreeMap, BTreeSet};

use or3_tests::FUNCTIONS;
use yaml_rust2::{Yaml, YamlLoader};

use crate::repository;

fn template() -> Yaml {
    let mut documents = YamlLoader::load_from_str(&repository::text("template.yaml"))
        .expect("template.yaml is YAML");
    documents.remove(0)
}

/// The functions of the template by the binary that they run.
fn functions(template: &Yaml) -> BTreeMap<&str, &Yaml> {
    let resources = template["Resources"].as_hash().expect("resources").values();
    resources
        .filter(|resource| resource["Type"].as_str() == Some("AWS::Serverless::Function"))
        .map(|resource| {
            let binary = &resource["Metadata"]["BuildProperties"]["Binary"];
            (binary.as_str().expect("a binary"), resource)
        })
        .collect()
}

#[test]
fn every_function_has_one_resource_named_after_it() {
    let template = template();
    let found = functions(&template);
    let names: BTreeSet<_> = FUNCTIONS.iter().map(|function| function.name).collect();
    assert_eq!(found.keys().copied().collect::<BTreeSet<_>>(), names);
    for name in names {
        let mut id = name.to_owned();
        id[..1].make_ascii_uppercase();
        let resource = &template["Resources"][format!("{id}Function").as_str()];
        let properties = &resource["Properties"];
        assert_eq!(
            properties["FunctionName"].as_str(),
            Some(format!("${{AWS::StackName}}-{name}").as_str()),
            "the resource of {name} is called {id}Function"
        );
        assert_eq!(
            resource["Metadata"]["BuildMethod"].as_str(),
            Some("rust-cargolambda")
        );
        assert!(
            !template["Resources"][format!("{id}Logs").as_str()].is_badvalue(),
            "{name} has a log group {id}Logs, so that its logs end some day"
        );
    }
}

#[test]
fn the_gateway_sends_every_route_to_the_function_that_serves_it() {
    let template = template();
    let found = functions(&template);
    for function in FUNCTIONS {
        let by_gateway = function.routes.iter();
        let by_gateway = by_gateway.filter(|_| !streams(found[function.name]));
        let wanted: BTreeSet<_> = by_gateway
            .map(|(method, path)| (method.to_string(), path.to_string()))
            .collect();
        assert_eq!(
            routes(found[function.name]),
            wanted,
            "left are the HttpApi events of {} in template.yaml, right is the code",
            function.name
        );
    }
}

fn routes(function: &Yaml) -> BTreeSet<(String, String)> {
    let events = function["Properties"]["Events"].as_hash();
    let events = events.into_iter().flat_map(|events| events.values());
    events
        .filter(|event| event["Type"].as_str() == Some("HttpApi"))
        .filter(|event| !is_catch_all(event))
        .map(|event| {
            let properties = &event["Properties"];
            let text = |name: &str| properties[name].as_str().unwrap_or_default().to_owned();
            (text("Method"), text("Path"))
        })
        .collect()
}

/// Only a function URL passes answers on while they are made.
fn streams(function: &Yaml) -> bool {
    let mode = &function["Properties"]["FunctionUrlConfig"]["InvokeMode"];
    mode.as_str() == Some("RESPONSE_STREAM")
}

/// A streaming binary speaks a form that the gateway does not understand, and the other way round.
#[test]
fn what_serves_streams_is_called_by_url_and_nothing_else_is() {
    let template = template();
    for (name, function) in functions(&template) {
        let main = repository::text(&format!("functions/{name}/src/main.rs"));
        let serves_streams = main.contains("serve_streaming(");
        assert_eq!(streams(function), serves_streams, "{name}");
    }
}

/// An event without a path takes what no other route takes.
fn is_catch_all(event: &Yaml) -> bool {
    event["Properties"]["Path"].is_badvalue()
}

/// Unknown paths and preflights get the contract's answers, not the gateway's.
#[test]
fn health_takes_what_no_route_takes() {
    let template = template();
    let events = &functions(&template)["health"]["Properties"]["Events"];
    assert!(
        events
            .as_hash()
            .is_some_and(|events| events.values().any(is_catch_all))
    );
}

/// Every secret comes from a reference that CloudFormation resolves, never from a parameter's
/// plain value.
#[test]
fn no_secret_stands_in_the_template() {
    let template = template();
    let mut groups = vec![&template["Globals"]["Function"]];
    groups.extend(
        functions(&template)
            .into_values()
            .map(|found| &found["Properties"]),
    );
    for (_, variable) in or3_settings::variables().filter(|(_, variable)| variable.secret) {
        for group in &groups {
            let value = &group["Environment"]["Variables"][variable.name];
            assert!(
                value.is_badvalue() || is_reference(value),
                "{} must be a {{{{resolve:ssm-secure or secretsmanager}}}} reference",
                variable.name
            );
        }
    }
}

/// A reference, or a condition with a reference where it holds and nothing where it does not.
fn is_reference(value: &Yaml) -> bool {
    let resolved = |value: &Yaml| {
        let text = value.as_str();
        text.is_some_and(|text| text.starts_with("{{resolve:"))
    };
    resolved(value) || (resolved(&value[1]) && value[2].as_str() == Some("AWS::NoValue"))
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
    let mut groups = vec![&template["Globals"]["Function"]];
    groups.extend(
        functions(&template)
            .into_values()
            .map(|found| &found["Properties"]),
    );
    for group in groups {
        let variables = group["Environment"]["Variables"].as_hash();
        for name in variables.into_iter().flat_map(|names| names.keys()) {
            let name = name.as_str().expect("a name");
            assert!(known.contains(name), "{name} is read by nothing");
        }
    }
}
