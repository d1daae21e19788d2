//! Numbers for CloudWatch, as lines in its embedded metric format: CloudWatch reads them from the
//! log, so that no request waits for them and nothing is lost when a function is frozen.

use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use or3_domain::clock::Timestamp;
use or3_domain::metrics::{Class, Metrics, Route};
use or3_outbound::Counts;
use or3_settings::{Emf as Detail, Log, Metrics as Settings};
use serde_json::{Value, json};

/// Answers that took longer are slow (docs/operations/slo.md), in microseconds.
const SLOW_MICROS: u64 = 500_000;

/// Transfers of files take as long as the files are large: none of them is slow.
const TRANSFERS: [&str; 2] = ["/api/storage/fs/", "/api/storage/tus"];

/// Writes what was counted since the last time.
pub(crate) struct Emf {
    detail: Detail,
    namespace: String,
    service: String,
    function_name: String,
    /// What calls to others came to at the last time.
    outbound: Mutex<Sums>,
}

/// Calls to all others together.
#[derive(Clone, Copy, Default)]
struct Sums {
    requests: u64,
    retries: u64,
    failures: u64,
    refused: u64,
    openings: u64,
}

/// A number under its name and unit.
type Metric = (&'static str, &'static str, Value);

impl Emf {
    /// `None` where nobody wants lines.
    pub(crate) fn of(settings: &Settings, log: &Log) -> Option<Self> {
        (settings.emf != Detail::Off).then(|| Self {
            detail: settings.emf,
            namespace: settings.namespace.clone(),
            service: log.service.clone(),
            function_name: log.function_name.clone(),
            outbound: Mutex::default(),
        })
    }

    /// The lines of what `metrics` and `outbound` have counted since the last time, at `now`: one a
    /// route that was asked, which on Lambda is one. The first carries the numbers of the process.
    pub(crate) fn lines(&self, metrics: &Metrics, outbound: &[Counts], now: Timestamp) -> String {
        let mut of_process = process(metrics);
        of_process.extend(self.of_others(outbound));
        let mut lines = String::new();
        for (method, path, route) in metrics.routes.each() {
            let name = format!("{} {path}", method.as_str());
            let of_route = requests(path, route);
            let of_process = std::mem::take(&mut of_process);
            self.line(&mut lines, now, Some((&name, of_route)), of_process);
        }
        if !of_process.is_empty() {
            self.line(&mut lines, now, None, of_process);
        }
        lines
    }

    fn line(
        &self,
        out: &mut String,
        now: Timestamp,
        of_route: Option<(&str, Vec<Metric>)>,
        of_process: Vec<Metric>,
    ) {
        let (route, of_route) = of_route.unzip();
        let of_route = of_route.unwrap_or_default();
        let by_route: &[&[&str]] = match self.detail {
            Detail::Route => &[&["service"], &["service", "route"]],
            Detail::Off | Detail::Service => &[&["service"]],
        };
        let directives = [(by_route, &of_route), (&[&["service"]], &of_process)];
        let directives = directives
            .into_iter()
            .filter(|(_, metrics)| !metrics.is_empty());
        let directives: Vec<_> = directives
            .map(|(dimensions, metrics)| self.directive(dimensions, metrics))
            .collect();
        let mut line = json!({
            "_aws": { "Timestamp": now.millis(), "CloudWatchMetrics": directives },
            "service": self.service,
            "function_name": self.function_name,
        });
        if let Some(route) = route {
            line["route"] = route.into();
        }
        for (name, _, value) in of_route.into_iter().chain(of_process) {
            line[name] = value;
        }
        let _strings_take_all = writeln!(out, "{line}");
    }

    fn directive(&self, dimensions: &[&[&str]], metrics: &[Metric]) -> Value {
        let definitions = metrics.iter();
        let definitions: Vec<_> = definitions
            .map(|(name, unit, _)| json!({ "Name": name, "Unit": unit }))
            .collect();
        json!({ "Namespace": self.namespace, "Dimensions": dimensions, "Metrics": definitions })
    }

    fn of_others(&self, outbound: &[Counts]) -> impl Iterator<Item = Metric> {
        let sum = |number: fn(&Counts) -> u64| outbound.iter().map(number).sum();
        let now = Sums {
            requests: sum(|counts| counts.requests),
            retries: sum(|counts| counts.retries),
            failures: sum(|counts| counts.failures),
            refused: sum(|counts| counts.refused),
            openings: sum(|counts| counts.openings),
        };
        let mut last = self.outbound.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *last, now);
        drop(last);
        // A client that is gone took its counts along.
        let since = |now: u64, before: u64| now.saturating_sub(before);
        some([
            (
                "OutboundRequests",
                "Count",
                since(now.requests, before.requests),
            ),
            (
                "OutboundRetries",
                "Count",
                since(now.retries, before.retries),
            ),
            (
                "OutboundFailures",
                "Count",
                since(now.failures, before.failures),
            ),
            (
                "OutboundRefused",
                "Count",
                since(now.refused, before.refused),
            ),
            (
                "CircuitOpenings",
                "Count",
                since(now.openings, before.openings),
            ),
        ])
    }
}

/// What is said of a route at every request, zeros too: rates are made of them.
fn requests(path: &str, route: &Route) -> Vec<Metric> {
    let [success, redirection, client, limited, server] =
        Class::ALL.map(|class| route.answers(class).take());
    let (count, slow, sum_micros) = route.duration.take(SLOW_MICROS);
    let transfer = TRANSFERS.iter().any(|start| path.starts_with(start));
    let all = success + redirection + client + limited + server;
    vec![
        ("Requests", "Count", all.into()),
        ("Errors", "Count", server.into()),
        ("RateLimited", "Count", limited.into()),
        (
            "SlowRequests",
            "Count",
            if transfer { 0 } else { slow }.into(),
        ),
        ("Latency", "Milliseconds", latency(count, sum_micros)),
    ]
}

/// One number where one request was answered, as on Lambda; of several at once the mean, as often
/// as a line can hold.
fn latency(count: u64, sum_micros: u64) -> Value {
    let mean_micros = u32::try_from(sum_micros / count.max(1)).unwrap_or(u32::MAX);
    let mean = f64::from(mean_micros) / 1000.0;
    match count {
        0 | 1 => mean.into(),
        _ => vec![mean; usize::try_from(count).unwrap_or(usize::MAX).min(100)].into(),
    }
}

/// What the process has counted, without zeros.
fn process(metrics: &Metrics) -> Vec<Metric> {
    let sum = |counters: &[or3_domain::metrics::Counter]| {
        counters
            .iter()
            .map(or3_domain::metrics::Counter::take)
            .sum::<u64>()
    };
    let mut all: Vec<_> = some([
        ("ColdStarts", "Count", metrics.cold_starts.take()),
        ("Abandoned", "Count", metrics.abandoned.take()),
        ("RateLimitDenials", "Count", metrics.denials.take()),
        ("DatabaseRoundTrips", "Count", metrics.round_trips.take()),
        ("PasswordHashes", "Count", metrics.hashes.take()),
        (
            "PasswordHashWait",
            "Microseconds",
            metrics.hash_wait_micros.take(),
        ),
        ("PushOps", "Count", metrics.ops_applied.take()),
        ("PushOpsLost", "Count", metrics.ops_lost.take()),
        ("PushOpsReplayed", "Count", metrics.ops_replayed.take()),
        ("PushOpsRefused", "Count", metrics.ops_refused.take()),
        ("PulledRows", "Count", metrics.pulled_rows.take()),
        ("SpansDropped", "Count", metrics.spans_dropped.take()),
        ("GcRemoved", "Count", sum(&metrics.removed)),
        ("GcRemovedBytes", "Bytes", sum(&metrics.removed_bytes)),
    ])
    .collect();
    let runs = metrics.runs.iter().zip(or3_domain::gc::Ended::ALL);
    for (count, ended) in runs.map(|(counter, ended)| (counter.take(), ended)) {
        let name = match ended {
            or3_domain::gc::Ended::Completed => "GcCompleted",
            or3_domain::gc::Ended::OutOfTime => "GcOutOfTime",
            or3_domain::gc::Ended::Failed => "GcFailed",
            _ => continue,
        };
        all.extend(some([(name, "Count", count)]));
    }
    all.extend(stock(metrics));
    all
}

/// What was found in stock, once each time that it was counted.
fn stock(metrics: &Metrics) -> Vec<Metric> {
    let stock = &metrics.stock;
    if stock.counted_at_seconds.get() == 0 {
        return Vec::new();
    }
    stock.counted_at_seconds.set(0);
    vec![
        (
            "ChangeLogLength",
            "Count",
            stock.change_log_versions.get().into(),
        ),
        (
            "OldestDeviceLag",
            "Count",
            stock.device_lag_versions.get().into(),
        ),
        (
            "OldestDeviceSilence",
            "Seconds",
            stock.device_lag_seconds.get().into(),
        ),
        ("Devices", "Count", stock.devices.get().into()),
        ("Workspaces", "Count", stock.workspaces.get().into()),
        ("StoredBytes", "Bytes", stock.stored_bytes.get().into()),
    ]
}

fn some<const N: usize>(
    metrics: [(&'static str, &'static str, u64); N],
) -> impl Iterator<Item = Metric> {
    let counted = metrics.into_iter().filter(|(_, _, number)| *number > 0);
    counted.map(|(name, unit, number)| (name, unit, number.into()))
}

#[cfg(test)]
mod tests {
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
}
