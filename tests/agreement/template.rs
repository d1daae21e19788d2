//! `template.yaml` deploys exactly the functions and routes that there are.

use std::collections::{BTreeMap, BTreeSet};

use or3_tests::FUNCTIONS;
use yaml_rust2::{Yaml, YamlLoader};

use crate::repository;
use crate::version1::{VERSION_1, assert_leads_to_the_same_functions};

/// A YAML file below the root.
pub(crate) fn yaml(relative: &str) -> Yaml {
    let documents = YamlLoader::load_from_str(&repository::text(relative));
    documents.expect(relative).remove(0)
}

/// The template of the stack. Tags are gone in it: `!Ref X` is `X`, `!If [A, b, c]` a list.
pub(crate) fn template() -> Yaml {
    yaml("template.yaml")
}

/// The functions of the template by the binary that they run.
pub(crate) fn functions(template: &Yaml) -> BTreeMap<&str, &Yaml> {
    let resources = template["Resources"].as_hash().expect("resources").values();
    resources
        .filter(|resource| resource["Type"].as_str() == Some("AWS::Serverless::Function"))
        .map(|resource| {
            let binary = &resource["Metadata"]["BuildProperties"]["Binary"];
            (binary.as_str().expect("a binary"), resource)
        })
        .collect()
}

/// The start of the names of a function's resources: `Sync` of `sync`.
pub(crate) fn id(function: &str) -> String {
    let mut id = function.to_owned();
    id[..1].make_ascii_uppercase();
    id
}

#[test]
fn every_function_has_one_resource_named_after_it() {
    let template = template();
    let found = functions(&template);
    let names: BTreeSet<_> = FUNCTIONS.iter().map(|function| function.name).collect();
    assert_eq!(found.keys().copied().collect::<BTreeSet<_>>(), names);
    for name in names {
        let id = id(name);
        let resource = &template["Resources"][format!("{id}Function").as_str()];
        let properties = &resource["Properties"];
        assert_eq!(
            properties["FunctionName"].as_str(),
            Some(format!("${{AWS::StackName}}-{name}").as_str()),
            "the resource of {name} is called {id}Function"
        );
        assert_eq!(
            properties["CodeUri"].as_str(),
            Some(format!("functions/{name}").as_str())
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
        .filter(|event| !is_catch_all(event) && !is_version_1(event))
        .map(|event| {
            let properties = &event["Properties"];
            let text = |name: &str| properties[name].as_str().unwrap_or_default().to_owned();
            (text("Method"), text("Path"))
        })
        .collect()
}

fn is_version_1(event: &Yaml) -> bool {
    let path = event["Properties"]["Path"].as_str();
    path.is_some_and(|path| path.starts_with(VERSION_1))
}

#[test]
fn the_gateway_sends_version_1_of_every_route_there_too() {
    let template = template();
    let found = functions(&template);
    let mut patterns = Vec::new();
    for (name, function) in &found {
        let events = function["Properties"]["Events"].as_hash();
        for event in events.into_iter().flat_map(|events| events.values()) {
            if is_version_1(event) {
                let properties = &event["Properties"];
                assert_eq!(properties["Method"].as_str(), Some("ANY"), "{name}");
                patterns.push((properties["Path"].as_str().expect("a path"), *name));
            }
        }
    }
    let by_gateway = FUNCTIONS.iter();
    let by_gateway = by_gateway.filter(|function| !streams(found[function.name]));
    assert_leads_to_the_same_functions(&patterns, by_gateway);
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

/// A function that works by schedule is tried again, and what fails for good is kept.
#[test]
fn scheduled_work_is_tried_again_and_ends_among_the_dead_letters() {
    let template = template();
    let queue = "DeadLetters.Arn";
    for (name, function) in functions(&template) {
        let properties = &function["Properties"];
        let events = properties["Events"].as_hash();
        let events = events.into_iter().flat_map(|events| events.values());
        let mut works_alone = false;
        for event in events.filter(|event| event["Type"].as_str() == Some("Schedule")) {
            works_alone = true;
            let schedule = &event["Properties"];
            assert_eq!(schedule["DeadLetterConfig"]["Arn"].as_str(), Some(queue));
            let tries = schedule["RetryPolicy"]["MaximumRetryAttempts"].as_i64();
            assert!(tries.is_some_and(|tries| tries > 0), "{name}: {tries:?}");
        }
        let failed = &properties["EventInvokeConfig"]["DestinationConfig"]["OnFailure"];
        assert_eq!(failed["Destination"].as_str() == Some(queue), works_alone);
        let main = repository::text(&format!("functions/{name}/src/main.rs"));
        assert_eq!(main.contains("serve_and_work("), works_alone, "{name}");
    }
}
