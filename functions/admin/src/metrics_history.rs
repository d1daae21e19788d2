//! `GET /api/admin/metrics/history`: what the process that answers has counted, a sample a minute, for
//! the pictures of `/admin`. A function takes no samples: its list is empty.

use std::collections::HashMap;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use or3_domain::metrics::{Sample, metrics};
use or3_http::SuperOnly;
use serde::Serialize;

use crate::Ports;
use crate::question::Question;

/// As long as samples are kept, in seconds.
const MOST: u32 = 24 * 60 * 60;
const USUAL: u32 = 60 * 60;

#[derive(Serialize)]
pub(crate) struct Answer {
    /// The oldest first.
    samples: Vec<View>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View {
    at_seconds: i64,
    requests: u64,
    errors: u64,
    rate_limited: u64,
    p50_ms: f64,
    p95_ms: f64,
    round_trips: u64,
    stored_bytes: i64,
    change_log_versions: i64,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    _super: SuperOnly,
    query: Result<Query<HashMap<String, String>>, QueryRejection>,
) -> Json<Answer> {
    let seconds = Question::of(query).number("seconds", MOST, USUAL);
    let after = ports.clock.now().seconds() - i64::from(seconds);
    let samples = metrics().history.since(after);
    Json(Answer {
        samples: samples.into_iter().map(view).collect(),
    })
}

fn view(sample: Sample) -> View {
    View {
        at_seconds: sample.at_seconds,
        requests: sample.requests,
        errors: sample.errors,
        rate_limited: sample.rate_limited,
        p50_ms: sample.p50_ms,
        p95_ms: sample.p95_ms,
        round_trips: sample.round_trips,
        stored_bytes: sample.stored_bytes,
        change_log_versions: sample.change_log_versions,
    }
}
