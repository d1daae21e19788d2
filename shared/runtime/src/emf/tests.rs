//! Lines as CloudWatch reads them.

use std::time::Duration;

use or3_domain::metrics::{Answered, Figures};
use or3_settings::Environment;

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_007);

fn emf(detail: &str) -> Emf {
    let environment = Environment::of([
        ("OR3_METRICS_EMF", detail),
        ("OR3_SERVICE_NAME", "or3-prod"),
        ("AWS_LAMBDA_FUNCTION_NAME", "or3-prod-sync"),
    ]);
    let (settings, log) = environment.load::<(Settings, Log)>().expect("settings");
    Emf::of(&settings, &log).expect("lines are wanted")
}

fn answer(metrics: &Metrics, route: &str, status: u16, millis: u64) {
    metrics.asked().answered(&Answered {
        method: "POST",
        route,
        status,
        duration: Duration::from_millis(millis),
        round_trips: 3,
    });
}

fn parsed(lines: &str) -> Vec<Value> {
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect()
}

#[test]
fn an_invocation_is_one_line_in_the_form_that_cloudwatch_reads() {
    let (emf, metrics) = (emf("service"), Metrics::default());
    answer(&metrics, "/api/sync/push", 200, 12);
    metrics.ops_applied.add(7);
    let lines = emf.lines(&metrics, &[], NOW);
    let count = |name: &str| json!({ "Name": name, "Unit": "Count" });
    let wanted = json!({
        "_aws": {
            "Timestamp": 1_767_225_600_007_i64,
            "CloudWatchMetrics": [
                {
                    "Namespace": "or3-edge", "Dimensions": [["service"]],
                    "Metrics": [
                        count("Requests"), count("Errors"), count("RateLimited"),
                        count("SlowRequests"), { "Name": "Latency", "Unit": "Milliseconds" },
                    ],
                },
                {
                    "Namespace": "or3-edge", "Dimensions": [["service"]],
                    "Metrics": [count("DatabaseRoundTrips"), count("PushOps")],
                },
            ],
        },
        "service": "or3-prod", "function_name": "or3-prod-sync", "route": "POST /api/sync/push",
        "Requests": 1, "Errors": 0, "RateLimited": 0, "SlowRequests": 0, "Latency": 12.0,
        "DatabaseRoundTrips": 3, "PushOps": 7,
    });
    assert_eq!(parsed(&lines), [wanted]);
    assert_eq!(
        emf.lines(&metrics, &[], NOW),
        "",
        "what was said is said once"
    );
}

#[test]
fn errors_limits_and_slow_answers_are_told_apart_and_transfers_are_never_slow() {
    let (emf, metrics) = (emf("route"), Metrics::default());
    for (status, millis) in [(503, 700), (429, 1), (200, 501), (200, 500)] {
        answer(&metrics, "/api/sync/pull", status, millis);
    }
    answer(&metrics, "/api/storage/tus/{id}", 204, 9000);
    let mut lines = parsed(&emf.lines(&metrics, &[], NOW));
    lines.sort_by_key(|line| line["route"].to_string());
    let [upload, pull] = &lines[..] else {
        panic!("two lines: {lines:?}");
    };
    for (name, number) in [
        ("Requests", 4),
        ("Errors", 1),
        ("RateLimited", 1),
        ("SlowRequests", 2),
    ] {
        assert_eq!(pull[name], number, "{name}");
    }
    assert_eq!(pull["Latency"], json!([425.5, 425.5, 425.5, 425.5]));
    assert_eq!(upload["SlowRequests"], 0);
    let of_route = &pull["_aws"]["CloudWatchMetrics"][0]["Dimensions"];
    assert_eq!(*of_route, json!([["service"], ["service", "route"]]));
}

#[test]
fn what_an_event_counted_is_said_too_and_stock_once_each_time_it_is_counted() {
    let (emf, metrics) = (emf("service"), Metrics::default());
    let found = Figures {
        stored_bytes: 5,
        ..Figures::default()
    };
    metrics.stock.keep(&found, NOW);
    metrics.removed[0].add(9);
    let line = &parsed(&emf.lines(&metrics, &[], NOW))[0];
    assert_eq!(
        (&line["StoredBytes"], &line["GcRemoved"]),
        (&json!(5), &json!(9))
    );
    assert!(line["route"].is_null() && line["ChangeLogLength"] == 0);
    assert_eq!(emf.lines(&metrics, &[], NOW), "");
}

#[test]
fn calls_to_others_are_said_as_differences() {
    let (emf, metrics) = (emf("service"), Metrics::default());
    let counts = |requests, retries| Counts {
        name: "libSQL",
        requests,
        retries,
        failures: 0,
        refused: 0,
        openings: 0,
        open: false,
    };
    let line = &parsed(&emf.lines(&metrics, &[counts(3, 1), counts(2, 0)], NOW))[0];
    assert_eq!(
        (&line["OutboundRequests"], &line["OutboundRetries"]),
        (&json!(5), &json!(1))
    );
    let line = &parsed(&emf.lines(&metrics, &[counts(3, 1), counts(4, 0)], NOW))[0];
    assert_eq!(line["OutboundRequests"], 2);
    assert!(line["OutboundRetries"].is_null());
    assert_eq!(
        emf.lines(&metrics, &[counts(1, 0)], NOW),
        "",
        "a client is gone"
    );
}

#[test]
fn nobody_wants_lines_outside_lambda() {
    let (settings, log) = Environment::default()
        .load::<(Settings, Log)>()
        .expect("settings");
    assert!(Emf::of(&settings, &log).is_none());
}
