//! Steps of traces at a collector: what arrives there, and that nobody waits for one that is away.

use std::net::TcpListener;
use std::time::Duration;

use or3_testkit::Collector;
use rustix::process::Signal;
use serde_json::Value;
use tempfile::tempdir;

use crate::owner::Owner;
use crate::running::{Running, answer};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

fn settings(url: &str) -> [(&str, &str); 5] {
    [
        ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
        ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
        ("OR3_GC_INTERVAL_SECONDS", "0"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", url),
        ("OTEL_EXPORTER_OTLP_HEADERS", "X-Api-Key=a-key"),
    ]
}

fn ask(running: &Running, path: &str, parent: &str) -> u16 {
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: or3.test\r\nconnection: close\r\ntraceparent: {parent}\r\n\r\n"
    );
    answer(&mut running.send(&request)).0
}

fn fact<'a>(span: &'a Value, name: &str) -> &'a Value {
    let facts = span["attributes"].as_array().expect("attributes");
    let found = facts.iter().find(|fact| fact["key"] == name);
    &found.unwrap_or_else(|| panic!("{name} of {span}"))["value"]
}

#[test]
fn a_request_is_a_step_of_the_trace_that_it_names_and_all_are_sent_before_the_end() {
    let (data, collector) = (tempdir().expect("a folder"), Collector::start());
    let running = Running::start(data.path(), &settings(collector.url()));
    let _owner = Owner::register(&running);
    for (path, flags, status) in [
        ("/api/health", "01", 200),
        ("/api/a-secret-path", "01", 404),
        ("/api/health", "00", 200),
    ] {
        let parent = format!("00-{TRACE}-{PARENT}-{flags}");
        assert_eq!(ask(&running, path, &parent), status);
    }
    running.signal(Signal::TERM);
    assert_eq!(running.wait().code(), Some(0));
    let ours = |span: &Value| span["traceId"] == TRACE;
    let all = |spans: &[Value]| spans.iter().filter(|span| ours(span)).count() >= 2;
    let (heads, spans) = collector.spans(all);
    for head in heads {
        let (first, rest) = head.split_once("\r\n").expect("lines");
        assert_eq!(first, "POST /v1/traces HTTP/1.1");
        assert!(rest.contains("x-api-key: a-key"), "{rest}");
        assert!(
            !rest.contains("traceparent"),
            "the export is no step itself: {rest}"
        );
    }
    let named: Vec<_> = spans.iter().filter(|span| ours(span)).collect();
    assert_eq!(named.len(), 2, "one was not to be recorded: {named:?}");
    assert_eq!(
        (&named[0]["name"], &named[1]["name"]),
        (&"GET /api/health".into(), &"GET unknown".into())
    );
    for span in &named {
        assert_eq!(
            (&span["parentSpanId"], &span["kind"]),
            (&PARENT.into(), &2.into())
        );
    }
    assert_eq!(
        fact(named[1], "http.response.status_code")["intValue"],
        "404"
    );
    let registered = spans
        .iter()
        .find(|span| span["name"] == "POST /api/basic-auth/register");
    let registered = registered.expect("a trace of its own");
    assert!(registered["parentSpanId"].is_null());
    assert!(!serde_json::json!(spans).to_string().contains("secret"));
}

#[test]
fn a_collector_that_is_away_keeps_nobody_waiting() {
    let silent = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("an address"));
    let data = tempdir().expect("a folder");
    let running = Running::start(data.path(), &settings(&url));
    let since = std::time::Instant::now();
    let parent = format!("00-{TRACE}-{PARENT}-01");
    for _ in 0..600 {
        assert_eq!(ask(&running, "/api/health", &parent), 200);
    }
    assert!(
        since.elapsed() < Duration::from_mins(1),
        "{:?}",
        since.elapsed()
    );
    running.signal(Signal::TERM);
    assert_eq!(running.wait().code(), Some(0));
}
