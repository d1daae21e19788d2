//! Steps in the JSON of OTLP (opentelemetry-proto 1, `ExportTraceServiceRequest`).

use or3_domain::steps::{Fact, Kind, Step};
use or3_settings::Log;
use serde_json::{Value, json};

/// What all steps of this process share.
pub(super) struct Resource(Value);

impl Resource {
    pub(super) fn of(log: &Log) -> Self {
        Self(json!({ "attributes": [
            text("service.name", &log.service),
            text("service.version", env!("CARGO_PKG_VERSION")),
            text("faas.name", &log.function_name),
        ] }))
    }
}

/// The body of a request that carries `steps`.
pub(super) fn encoded(resource: &Resource, steps: &[Step]) -> Vec<u8> {
    let spans: Vec<_> = steps.iter().map(span).collect();
    let scope = json!({ "name": "or3-edge", "version": env!("CARGO_PKG_VERSION") });
    let body = json!({ "resourceSpans": [
        { "resource": resource.0, "scopeSpans": [{ "scope": scope, "spans": spans }] },
    ] });
    body.to_string().into_bytes()
}

fn span(step: &Step) -> Value {
    let ended = u128::try_from(step.ended_at.millis()).unwrap_or(0) * 1_000_000;
    let began = ended.saturating_sub(step.duration.as_nanos());
    let facts: Vec<_> = step
        .facts
        .iter()
        .map(|(key, fact)| attribute(key, fact))
        .collect();
    let mut span = json!({
        "traceId": step.trace.trace_id.to_string(),
        "spanId": step.trace.span_id.to_string(),
        "name": step.name,
        "kind": kind(step.kind),
        "startTimeUnixNano": began.to_string(),
        "endTimeUnixNano": ended.to_string(),
        "attributes": facts,
    });
    if let Some(parent) = step.trace.parent {
        span["parentSpanId"] = parent.to_string().into();
    }
    if step.failed {
        span["status"] = json!({ "code": 2 });
    }
    span
}

const fn kind(kind: Kind) -> u8 {
    match kind {
        Kind::Server => 2,
        Kind::Client => 3,
        Kind::Consumer => 5,
    }
}

fn attribute(key: &str, fact: &Fact) -> Value {
    match fact {
        Fact::Text(value) => text(key, value),
        // 64-bit numbers are text in the JSON of protocol buffers.
        Fact::Number(number) => json!({ "key": key, "value": { "intValue": number.to_string() } }),
        Fact::Flag(flag) => json!({ "key": key, "value": { "boolValue": flag } }),
    }
}

fn text(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

#[cfg(test)]
mod tests {
    use or3_domain::ids::SystemIds;
    use or3_domain::trace::Trace;
    use or3_settings::Environment;

    use super::*;
    use crate::traces::queue::tests::step;

    #[test]
    fn steps_have_the_form_that_collectors_read() {
        let log = Environment::of([("OR3_SERVICE_NAME", "or3-prod")]).load::<Log>();
        let resource = Resource::of(&log.expect("settings"));
        let given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let trace = Trace::of(Some(given), None, &SystemIds);
        let failed = Step {
            trace,
            failed: true,
            facts: vec![
                ("http.route", "/api".into()),
                ("n", 7_u32.into()),
                ("faas.coldstart", true.into()),
            ],
            ..step("GET /api")
        };
        let body = encoded(&resource, &[failed, step("root")]);
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        let whole = &body["resourceSpans"][0];
        let named = &whole["resource"]["attributes"][0];
        assert_eq!(
            *named,
            json!({ "key": "service.name", "value": { "stringValue": "or3-prod" } })
        );
        let spans = &whole["scopeSpans"][0]["spans"];
        let wanted = json!({
            "traceId": "4bf92f3577b34da6a3ce929d0e0e4736", "spanId": trace.span_id.to_string(),
            "parentSpanId": "00f067aa0ba902b7", "name": "GET /api", "kind": 2,
            "startTimeUnixNano": "1767225599998500000", "endTimeUnixNano": "1767225600000000000",
            "attributes": [
                { "key": "http.route", "value": { "stringValue": "/api" } },
                { "key": "n", "value": { "intValue": "7" } },
                { "key": "faas.coldstart", "value": { "boolValue": true } },
            ],
            "status": { "code": 2 },
        });
        assert_eq!(spans[0], wanted);
        assert!(spans[1]["parentSpanId"].is_null() && spans[1]["status"].is_null());
    }
}
