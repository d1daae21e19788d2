//! Every alarm has a runbook, and every runbook an alarm; objectives name alarms that there are.

use std::collections::BTreeSet;

use yaml_rust2::Yaml;

use crate::repository;
use crate::template::yaml;

/// The alarms that tell somebody: parts of others have no action.
fn alarms() -> BTreeSet<String> {
    let template = yaml("infra/alarms.yaml");
    let resources = template["Resources"].as_hash().expect("resources");
    let told = resources.iter().filter(|(_, resource)| {
        let properties = &resource["Properties"];
        properties["AlarmActions"]
            .as_vec()
            .is_some_and(|actions| !actions.is_empty())
    });
    told.map(|(name, _)| name.as_str().expect("a name").to_owned())
        .collect()
}

/// The alerts of Prometheus, with what their annotations say.
fn alerts() -> Vec<(String, Yaml)> {
    let rules = yaml("infra/observability/prometheus-rules.yaml");
    let groups = rules["groups"].as_vec().expect("groups").iter();
    let rules = groups.flat_map(|group| group["rules"].as_vec().expect("rules").iter());
    rules
        .filter_map(|rule| {
            Some((
                rule["alert"].as_str()?.to_owned(),
                rule["annotations"].clone(),
            ))
        })
        .collect()
}

#[test]
fn every_alarm_has_a_runbook_and_every_runbook_an_alarm() {
    let page = repository::text("docs/operations/runbooks.md");
    let sections = page.lines().filter_map(|line| line.strip_prefix("## "));
    let sections: BTreeSet<_> = sections.map(str::to_owned).collect();
    let mut wanted = alarms();
    assert!(wanted.len() > 5, "{wanted:?}");
    wanted.extend(alerts().into_iter().map(|(name, _)| name));
    assert_eq!(sections, wanted, "left are the sections of runbooks.md");
}

#[test]
fn every_alert_leads_to_its_runbook() {
    for (name, annotations) in alerts() {
        let anchor = format!("docs/operations/runbooks.md#{}", name.to_lowercase());
        assert_eq!(annotations["runbook"].as_str(), Some(&*anchor), "{name}");
        assert!(annotations["summary"].as_str().is_some(), "{name}");
    }
}

#[test]
fn links_within_the_runbooks_lead_somewhere() {
    let page = repository::text("docs/operations/runbooks.md");
    let headings = page.lines().filter_map(|line| line.strip_prefix("## "));
    let anchors: BTreeSet<_> = headings.map(str::to_lowercase).collect();
    for link in page.split("](#").skip(1) {
        let anchor = link.split(')').next().expect("an anchor");
        assert!(anchors.contains(anchor), "{anchor}");
    }
}

/// The page of objectives names the alerts of budgets, with the burn rates that both sides use.
#[test]
fn objectives_are_watched_on_aws_and_by_prometheus_alike() {
    let page = repository::text("docs/operations/slo.md");
    let (alarms, alerts) = (alarms(), alerts());
    let rules = repository::text("infra/observability/prometheus-rules.yaml");
    let cloudwatch = repository::text("infra/alarms.yaml");
    for (name, threshold) in [
        ("ErrorBudgetFast", "0.0144"),
        ("ErrorBudgetSlow", "0.006"),
        ("LatencyBudgetFast", "0.72"),
        ("LatencyBudgetSlow", "0.3"),
        ("RateLimitedMany", "0.01"),
    ] {
        assert!(page.contains(&format!("| `{name}` |")), "{name}");
        assert!(alarms.contains(name), "{name}");
        assert!(alerts.iter().any(|(alert, _)| alert == name), "{name}");
        assert!(
            cloudwatch.contains(&format!("bad >= {threshold} * asked")),
            "{name}"
        );
        assert!(rules.contains(&format!(">= {threshold} ")), "{name}");
    }
}

/// The alarms that look at our own metrics name the ones that functions write, under the name that
/// the template gives the service.
#[test]
fn alarms_on_our_own_metrics_find_them() {
    let template = yaml("template.yaml");
    let everywhere = &template["Globals"]["Function"]["Environment"]["Variables"];
    assert_eq!(
        everywhere["OR3_SERVICE_NAME"].as_str(),
        Some("AWS::StackName")
    );
    let namespace = or3_settings::variables()
        .find(|(_, variable)| variable.name == "OR3_METRICS_NAMESPACE")
        .map(|(_, variable)| variable.default);
    assert_eq!(namespace, Some("or3-edge"));
    let written = repository::text("shared/runtime/src/emf/counted.rs");
    let alarms = repository::text("infra/alarms.yaml");
    let alarms = alarms.replace("or3-edge\n      MetricName", "or3-edge, MetricName");
    let own = alarms.split("Namespace: or3-edge, MetricName: ").skip(1);
    let own: BTreeSet<_> = own
        .filter_map(|rest| rest.split([',', '\n']).next())
        .collect();
    assert_eq!(
        own,
        BTreeSet::from(["GcCompleted", "RateLimited", "Requests", "SlowRequests"])
    );
    for name in own {
        assert!(written.contains(&format!("\"{name}\"")), "{name}");
    }
}
