//! The files of `infra/stages` give parameters that `template.yaml` has, and values that it takes.

use or3_tests::FUNCTIONS;
use yaml_rust2::Yaml;

use crate::repository;
use crate::template::{template, yaml};

fn text(value: &Yaml) -> String {
    match value {
        Yaml::Integer(number) => number.to_string(),
        other => other.as_str().expect("a text or a number").to_owned(),
    }
}

fn assert_taken(name: &str, value: &Yaml, parameter: &Yaml) {
    let given = text(value);
    if let Some(allowed) = parameter["AllowedValues"].as_vec() {
        let allowed: Vec<_> = allowed.iter().map(text).collect();
        assert!(
            allowed.contains(&given),
            "{name}={given} is not {allowed:?}"
        );
    }
    if parameter["Type"].as_str() == Some("Number") {
        let least = parameter["MinValue"].as_i64().unwrap_or(i64::MIN);
        let given = value.as_i64();
        assert!(
            given.is_some_and(|given| given >= least),
            "{name}={given:?}"
        );
    }
}

#[test]
fn a_stage_names_parameters_of_the_template_and_values_that_they_take() {
    let template = template();
    let files = repository::files("infra/stages");
    assert!(files.len() > 1, "{files:?}");
    for file in files {
        let stage = yaml(&format!("infra/stages/{file}"));
        for (name, value) in stage.as_hash().expect("a stage") {
            let name = name.as_str().expect("a name");
            let parameter = &template["Parameters"][name];
            assert!(!parameter.is_badvalue(), "{file}: there is no {name}");
            assert_taken(name, value, parameter);
        }
        let named = stage["Stage"].as_str().expect("Stage");
        assert_eq!(format!("{named}.yaml"), file);
    }
}

/// Who invokes `migrate` waits for what becomes of it. An alarm adds up ten metrics at most, and `pages`
/// reads nothing that could be away: what it answers counts at the gateway.
#[test]
fn alarms_look_at_every_function_that_nobody_waits_for() {
    let alarms = yaml("infra/alarms.yaml");
    for metric in ["Errors", "Throttles"] {
        let summed = &alarms["Resources"][metric]["Properties"]["Metrics"];
        let mut watched: Vec<_> = summed
            .as_vec()
            .expect("metrics")
            .iter()
            .filter_map(|metric| metric["MetricStat"]["Metric"]["Dimensions"][0]["Value"].as_str())
            .filter_map(|name| name.strip_prefix("${Functions}-"))
            .collect();
        let names = FUNCTIONS.iter().map(|function| function.name);
        let mut wanted: Vec<_> = names
            .filter(|name| !["migrate", "pages"].contains(name))
            .collect();
        watched.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(watched, wanted, "{metric}");
    }
}
