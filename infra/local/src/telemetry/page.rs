//! The page that Prometheus reads.

use or3_domain::gc::{Ended, Kind};
use or3_domain::metrics::{BOUNDS_MICROS, Class, Metrics};
use or3_outbound::Counts;

use super::neighbours::neighbours;
use super::text::{COUNTER, GAUGE, Text, seconds};

/// All that `metrics` holds, and what calls to others came to.
pub(super) fn page(metrics: &Metrics, outbound: &[Counts]) -> String {
    let mut text = Text::default();
    build(&mut text);
    requests(&mut text, metrics);
    durations(&mut text, metrics);
    limits(&mut text, metrics);
    passwords(&mut text, metrics);
    sync(&mut text, metrics);
    stock(&mut text, metrics);
    collections(&mut text, metrics);
    neighbours(&mut text, outbound);
    text.one(
        "or3_spans_dropped_total",
        COUNTER,
        "Steps of traces that were given up because there was no room to keep them.",
        metrics.spans_dropped.get(),
    );
    text.into_string()
}

fn build(text: &mut Text) {
    text.family(
        "or3_build_info",
        GAUGE,
        "Always 1; the label names the version.",
    );
    text.sample(
        "or3_build_info",
        &[("version", env!("CARGO_PKG_VERSION"))],
        1,
    );
}

fn requests(text: &mut Text, metrics: &Metrics) {
    let name = "or3_http_requests_total";
    text.family(
        name,
        COUNTER,
        "Requests that were answered, by route and class of status.",
    );
    for (method, path, route) in metrics.routes.all() {
        for class in Class::ALL {
            let count = route.answers(class).get();
            if count > 0 {
                let method = method.as_str();
                let labels = [
                    ("method", method),
                    ("route", path),
                    ("code", class.as_str()),
                ];
                text.sample(name, &labels, count);
            }
        }
    }
    text.one(
        "or3_http_requests_in_flight",
        GAUGE,
        "Requests that are being answered.",
        metrics.in_flight.get(),
    );
    for (name, help, counter) in [
        (
            "or3_http_requests_abandoned_total",
            "Requests whose clients went away before the answer.",
            &metrics.abandoned,
        ),
        (
            "or3_cold_starts_total",
            "1 once this process has been asked for something.",
            &metrics.cold_starts,
        ),
        (
            "or3_db_round_trips_total",
            "Round trips to stores that requests and events waited for.",
            &metrics.round_trips,
        ),
    ] {
        text.one(name, COUNTER, help, counter.get());
    }
}

fn durations(text: &mut Text, metrics: &Metrics) {
    let name = "or3_http_request_duration_seconds";
    text.family(name, "histogram", "How long answers took, to their head.");
    for (method, path, route) in metrics.routes.all() {
        let method = method.as_str();
        let counts = route.duration.cumulated();
        let bounds = BOUNDS_MICROS.map(seconds);
        let bounds = bounds.iter().map(String::as_str).chain(["+Inf"]);
        for (bound, count) in bounds.zip(counts) {
            let labels = [("method", method), ("route", path), ("le", bound)];
            text.sample(&format!("{name}_bucket"), &labels, count);
        }
        let labels = [("method", method), ("route", path)];
        let sum = seconds(route.duration.sum_micros());
        text.sample(&format!("{name}_sum"), &labels, sum);
        text.sample(
            &format!("{name}_count"),
            &labels,
            counts[BOUNDS_MICROS.len()],
        );
    }
}

fn limits(text: &mut Text, metrics: &Metrics) {
    let name = "or3_rate_limit_denials_total";
    text.family(
        name,
        COUNTER,
        "Requests that a rate limit refused, by its name.",
    );
    for (limit, count) in metrics.denials.all() {
        text.sample(name, &[("limit", limit)], count.get());
    }
}

fn passwords(text: &mut Text, metrics: &Metrics) {
    text.one(
        "or3_password_hashes_waiting",
        GAUGE,
        "Password hashes that wait for their turn.",
        metrics.hashes_waiting.get(),
    );
    text.one(
        "or3_password_hashes_running",
        GAUGE,
        "Password hashes that are being made.",
        metrics.hashes_running.get(),
    );
    text.one(
        "or3_password_hashes_total",
        COUNTER,
        "Password hashes that were made.",
        metrics.hashes.get(),
    );
    text.one(
        "or3_password_hash_wait_seconds_total",
        COUNTER,
        "How long hashes have waited for their turn.",
        seconds(metrics.hash_wait_micros.get()),
    );
}

fn sync(text: &mut Text, metrics: &Metrics) {
    let name = "or3_sync_push_ops_total";
    text.family(name, COUNTER, "Ops of pushes, by what became of them.");
    for (outcome, count) in [
        ("applied", &metrics.ops_applied),
        ("lost", &metrics.ops_lost),
        ("replayed", &metrics.ops_replayed),
        ("refused", &metrics.ops_refused),
    ] {
        text.sample(name, &[("outcome", outcome)], count.get());
    }
    text.one(
        "or3_sync_pulled_rows_total",
        COUNTER,
        "Changes that pulls have carried.",
        metrics.pulled_rows.get(),
    );
}

/// As the last collection found it.
fn stock(text: &mut Text, metrics: &Metrics) {
    let stock = &metrics.stock;
    for (name, help, gauge) in [
        (
            "or3_stock_counted_timestamp_seconds",
            "When what there is was counted, in seconds since the epoch; 0 before the first time.",
            &stock.counted_at_seconds,
        ),
        (
            "or3_workspaces",
            "Workspaces that were ever written to.",
            &stock.workspaces,
        ),
        (
            "or3_sync_change_log_versions",
            "Versions of all change logs that a pull could still be answered from.",
            &stock.change_log_versions,
        ),
        (
            "or3_sync_oldest_device_lag_versions",
            "How many versions the device that is furthest behind has not seen.",
            &stock.device_lag_versions,
        ),
        (
            "or3_sync_oldest_device_lag_seconds",
            "How long the longest silent device with something left to see has been silent.",
            &stock.device_lag_seconds,
        ),
        (
            "or3_sync_devices",
            "Devices that still hold history back.",
            &stock.devices,
        ),
        (
            "or3_storage_stored_bytes",
            "What files weigh, as quotas count it.",
            &stock.stored_bytes,
        ),
    ] {
        text.one(name, GAUGE, help, gauge.get());
    }
}

fn collections(text: &mut Text, metrics: &Metrics) {
    let name = "or3_gc_runs_total";
    text.family(name, COUNTER, "Collections, by how they ended.");
    for (ended, count) in Ended::ALL.into_iter().zip(&metrics.runs) {
        if !matches!(ended, Ended::Running | Ended::Died) {
            text.sample(name, &[("ended", ended.as_str())], count.get());
        }
    }
    let removed = [
        (
            "or3_gc_removed_total",
            "Things that collections removed, by kind.",
            &metrics.removed,
        ),
        (
            "or3_gc_removed_bytes_total",
            "What these held, where known.",
            &metrics.removed_bytes,
        ),
    ];
    for (name, help, counts) in removed {
        text.family(name, COUNTER, help);
        for (kind, count) in Kind::ALL.into_iter().zip(counts) {
            text.sample(name, &[("kind", kind.as_str())], count.get());
        }
    }
    text.one(
        "or3_gc_last_run_timestamp_seconds",
        GAUGE,
        "When the last collection ended, in seconds since the epoch; 0 before the first.",
        metrics.last_run_seconds.get(),
    );
}
