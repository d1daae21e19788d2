//! What lines say: names, units and numbers.

use or3_domain::gc::Ended;
use or3_domain::metrics::{Class, Counter, Metrics, Route};
use or3_outbound::Counts;
use serde_json::Value;

/// Answers that took longer are slow (docs/operations/slo.md), in microseconds.
const SLOW_MICROS: u64 = 500_000;

/// Transfers of files take as long as the files are large: none of them is slow.
const TRANSFERS: [&str; 2] = ["/api/storage/fs/", "/api/storage/tus"];

/// A number under its name and unit.
pub(super) type Metric = (&'static str, &'static str, Value);

/// The name of a number of one client, and the number.
type Call = (&'static str, fn(&Counts) -> u64);

/// What is said of calls to others.
const CALLS: [Call; 5] = [
    ("OutboundRequests", |to| to.requests),
    ("OutboundRetries", |to| to.retries),
    ("OutboundFailures", |to| to.failures),
    ("OutboundRefused", |to| to.refused),
    ("CircuitOpenings", |to| to.openings),
];

/// Calls to all others together, in the order of [`CALLS`].
#[derive(Clone, Copy, Default)]
pub(super) struct Calls([u64; CALLS.len()]);

impl Calls {
    /// Up to now.
    pub(super) fn to(outbound: &[Counts]) -> Self {
        Self(CALLS.map(|(_, number)| outbound.iter().map(number).sum()))
    }

    /// What came after `before`. A client that is gone took its counts along.
    pub(super) fn since(self, before: Self) -> impl Iterator<Item = Metric> {
        some(std::array::from_fn::<_, { CALLS.len() }, _>(|at| {
            let number = self.0[at].saturating_sub(before.0[at]);
            (CALLS[at].0, "Count", number)
        }))
    }
}

/// What is said of a route at every request, zeros too: rates are made of them.
pub(super) fn requests(path: &str, route: &Route) -> Vec<Metric> {
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
pub(super) fn process(metrics: &Metrics) -> Vec<Metric> {
    let sum = |counters: &[Counter]| counters.iter().map(Counter::take).sum::<u64>();
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
    let runs = metrics.runs.iter().zip(Ended::ALL);
    for (count, ended) in runs.map(|(counter, ended)| (counter.take(), ended)) {
        let name = match ended {
            Ended::Completed => "GcCompleted",
            Ended::OutOfTime => "GcOutOfTime",
            Ended::Failed => "GcFailed",
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
