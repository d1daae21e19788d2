//! Lines for machines.

use std::fmt::{Debug, Display, Write};

use or3_domain::clock::Timestamp;
use or3_domain::errand::Errand;
use tracing::Event;
use tracing::field::{Field, Visit};

use super::redact::redacted;
use super::text::quoted;

/// Members that a line has of its own: a field of an event with such a name gets another one.
const OWN: [&str; 11] = [
    "level",
    "timestamp",
    "message",
    "service",
    "function_name",
    "function_memory_size",
    "cold_start",
    "function_request_id",
    "xray_trace_id",
    "correlation_id",
    "trace_id",
];

/// How long most lines are.
const USUAL_BYTES: usize = 640;

/// `event` as one JSON object and a line end. Its members are, in this order: level, timestamp and
/// message; those of `everywhere`; what is known of the errand that is under way; the event's own.
pub(super) fn line(event: &Event<'_>, now: Timestamp, everywhere: &str) -> String {
    let mut out = String::with_capacity(USUAL_BYTES);
    out.push('{');
    text(&mut out, "level", event.metadata().level().as_str());
    text(&mut out, "timestamp", &now.to_iso());
    let mut message = Message(&mut out);
    event.record(&mut message);
    out.push_str(everywhere);
    // Outside an errand there is nothing to say of it.
    let _errand = Errand::current(|errand| describe(&mut out, errand));
    event.record(&mut Fields(&mut out));
    if out.ends_with(',') {
        out.pop();
    }
    out.push_str("}\n");
    out
}

fn describe(out: &mut String, errand: &Errand) {
    raw(out, "cold_start", errand.cold_start);
    if let Some(ids) = &errand.invocation {
        text(out, "function_request_id", &ids.request_id);
        if let Some(xray) = &ids.xray_trace_id {
            text(out, "xray_trace_id", xray);
        }
    }
    text(out, "correlation_id", &errand.correlation_id);
    raw(
        out,
        "trace_id",
        format_args!("\"{}\"", errand.trace.trace_id),
    );
}

/// Writes `"name":"value",`.
pub(super) fn text(out: &mut String, name: &str, value: &str) {
    quoted(out, name);
    out.push(':');
    quoted(out, value);
    out.push(',');
}

/// Writes `"name":value,`.
pub(super) fn raw(out: &mut String, name: &str, value: impl Display) {
    quoted(out, name);
    let _strings_take_all = write!(out, ":{value},");
}

/// Writes the message and nothing else.
struct Message<'a>(&'a mut String);

impl Visit for Message<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            text(self.0, "message", &redacted(&format!("{value:?}")));
        }
    }
}

/// Writes everything but the message.
struct Fields<'a>(&'a mut String);

impl Fields<'_> {
    fn write(&mut self, field: &Field, value: impl Display) {
        match field.name() {
            "message" => {}
            own if OWN.contains(&own) => raw(self.0, &format!("field.{own}"), value),
            name => raw(self.0, name, value),
        }
    }
}

impl Visit for Fields<'_> {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.write(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.write(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.write(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if value.is_finite() {
            self.write(field, value);
        } else {
            self.write(field, "null");
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let mut text = String::with_capacity(value.len() + 2);
        quoted(&mut text, &redacted(value));
        self.write(field, text);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use or3_domain::errand::InvocationIds;
    use or3_domain::ids::SystemIds;
    use or3_domain::trace::Trace;
    use or3_settings::{Environment, Log};
    use serde_json::{Value, json};

    use super::*;
    use crate::telemetry::form::Form;
    use crate::telemetry::lines::tests::logged;

    fn parsed(lines: &[String]) -> Vec<Value> {
        let parsed = lines.iter().map(|line| {
            assert!(
                line.ends_with('\n') && line.matches('\n').count() == 1,
                "{line:?}"
            );
            serde_json::from_str(line).expect(line)
        });
        parsed.collect()
    }

    #[test]
    fn a_line_says_what_it_was_told_in_types_of_json() {
        let lines = logged("info", Form::default(), || {
            let (cause, nothing) = (Some("why"), None::<&str>);
            let pause = std::time::Duration::from_millis(5);
            tracing::warn!(
                number = 7_u16,
                negative = -7,
                share = 0.5,
                none = f64::NAN,
                yes = true,
                cause,
                nothing,
                ?pause,
                db.round_trips = 2,
                "said"
            );
        });
        let wanted = json!({
            "level": "WARN", "timestamp": "2026-01-01T00:00:00.007Z", "message": "said",
            "number": 7, "negative": -7, "share": 0.5, "none": null, "yes": true, "cause": "why",
            "pause": "5ms", "db.round_trips": 2,
        });
        assert_eq!(parsed(&lines), [wanted]);
    }

    #[test]
    fn a_line_of_an_errand_has_the_keys_that_powertools_give_theirs() {
        let environment = Environment::of([
            ("OR3_SERVICE_NAME", "or3-prod"),
            ("AWS_LAMBDA_FUNCTION_NAME", "or3-prod-sync"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
        ]);
        let form = Form::json(&environment.load::<Log>().expect("settings"));
        let xray = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1";
        let errand = Errand {
            correlation_id: "asked-by-ada".into(),
            cold_start: true,
            trace: Trace::of(None, Some(xray), &SystemIds),
            invocation: Some(InvocationIds {
                request_id: "8286a188".into(),
                xray_trace_id: Some(xray.into()),
            }),
        };
        let lines = logged("info", form, || {
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            runtime
                .expect("a runtime")
                .block_on(errand.during(async { tracing::info!("said") }));
            tracing::info!("outside");
        });
        let lines = parsed(&lines);
        let service = json!({
            "level": "INFO", "timestamp": "2026-01-01T00:00:00.007Z", "service": "or3-prod",
            "function_name": "or3-prod-sync", "function_memory_size": 512, "message": "outside",
        });
        assert_eq!(lines[1], service);
        let errand = json!({
            "cold_start": true, "function_request_id": "8286a188", "xray_trace_id": xray,
            "correlation_id": "asked-by-ada", "trace_id": "5759e988bd862e3fe1be46a994272793",
        });
        for (key, value) in errand.as_object().expect("an object") {
            assert_eq!(lines[0][key], *value, "{key}");
        }
    }

    #[test]
    fn nobody_writes_lines_or_members_of_their_own() {
        let evil = "x\"}\n{\"level\":\"ERROR\",\"message\":\"forged\"}\r\n\u{1b}[2J\u{2028}";
        let lines = logged("info", Form::default(), || {
            tracing::info!(route = evil, shown = %evil, debugged = ?evil, level = evil, "{evil}");
        });
        let lines = parsed(&lines);
        assert_eq!(lines.len(), 1);
        let line = &lines[0];
        assert_eq!(line["level"], "INFO");
        for member in ["message", "route", "shown", "field.level"] {
            assert_eq!(line[member], evil, "{member}");
        }
        assert_eq!(line["debugged"], format!("{evil:?}"));
    }

    #[test]
    fn secrets_that_a_neighbour_put_into_an_error_are_not_shown() {
        let cause = "https://db.example/v2?authToken=eyJhbGciOi.eyJzdWIi.c2ln refused";
        let lines = logged("info", Form::default(), || {
            tracing::error!(error = cause, shown = %cause, debugged = ?cause, "{cause}");
        });
        assert!(!lines[0].contains("eyJ"), "{lines:?}");
        assert_eq!(lines[0].matches("authToken=[redacted] refused").count(), 4);
    }
}
