//! `bench overhead`: what the standard layers cost a request, in processor time, over a router
//! without them.
//!
//! Both routers answer the same request in this process, on one thread, in turns, so that caches,
//! clock speed and neighbours are the same for both. What is compared is the processor time of the
//! thread, by the kernel's own clock; making the request and dropping the answer are in both
//! figures. No socket is involved: HTTP itself is not what is measured.

use std::process::{Command as Process, Stdio};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::post;
use http::Request;
use http_body_util::BodyExt;
use or3_http::{HttpPolicy, standard};
use or3_settings::{Environment, Log};
use rustix::time::{ClockId, clock_gettime};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

use crate::command::{Command, Outcome, has, value};
use crate::figure::number;
use crate::machine;
use crate::table::{Goal, Table};

/// `bench overhead`.
pub const COMMAND: Command = Command {
    name: "overhead",
    about: "processor time of the standard layers a request, over a bare router; [--requests N]",
    run,
};

/// The option of the process that measures: its log goes nowhere, as fast as anything takes it.
const HERE: &str = "--here";

/// The most that the layers may cost.
const GOAL: f64 = 15.0;

const ROUNDS: usize = 21;
const PATH: &str = "/api/v1/thing";

/// What a deployment with one page of another origin has.
fn policy() -> HttpPolicy {
    HttpPolicy {
        allowed_origins: vec!["https://app.example.com".to_owned()],
        force_https: true,
        trust_proxy: true,
        secure_cookies: true,
        ..HttpPolicy::default()
    }
}

/// A request as a browser sends it through a proxy.
const HEADERS: [(&str, &str); 12] = [
    ("host", "or3.internal"),
    ("x-forwarded-host", "or3.example.com"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-for", "203.0.113.7"),
    ("origin", "https://app.example.com"),
    (
        "cookie",
        "or3_access=aaaaaaaaaaaa.bbbbbbbbbbbbbbbb.cccccccccccccc; theme=dark",
    ),
    ("content-type", "application/json"),
    ("accept", "application/json"),
    ("accept-language", "en-GB,en;q=0.9"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    (
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    ),
    (
        "traceparent",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ),
];

fn run(arguments: &[String]) -> Outcome {
    if has(arguments, HERE) {
        return measure(arguments);
    }
    let folder = tempfile::tempdir()?;
    let facts = [
        (
            "request",
            format!("POST with {} headers, no body", HEADERS.len()),
        ),
        (
            "policy",
            "behind a proxy, HTTPS, one other origin, 60 s to answer".to_owned(),
        ),
        ("log", "OR3_LOG=info, JSON, to /dev/null".to_owned()),
    ];
    machine::print(folder.path(), &facts);
    let status = Process::new(std::env::current_exe()?)
        .args(["overhead", HERE])
        .args(arguments)
        .stderr(Stdio::null())
        .status()?;
    if status.success() {
        return Ok(());
    }
    Err("the process that measures did not come to its end".into())
}

fn measure(arguments: &[String]) -> Outcome {
    let requests = value(arguments, "--requests").map_or(Ok(10_000), str::parse)?;
    let runtime = Builder::new_current_thread().enable_time().build()?;
    let (bare, layered) = (bare(), standard(bare(), policy()));
    let mut table = Table::new(&[
        "what",
        "bare µs",
        "with layers µs",
        "layers µs",
        "of rounds",
        "goal",
    ]);
    let quiet = compare(&runtime, &bare, &layered, requests)?;
    table.row(quiet.row("layers, logging off", None));
    let settings = Environment::of([("OR3_LOG", "info"), ("OR3_LOG_FORMAT", "json")]);
    or3_runtime::telemetry(&settings.load::<Log>()?);
    let whole = compare(&runtime, &bare, &layered, requests)?;
    table.row(whole.row("layers and their log line", Some(Goal::AtMost(GOAL))));
    table.print("Processor time of a request in the standard layers");
    println!(
        "\n{ROUNDS} rounds of {requests} requests each way, in turns; medians, and the range of the difference"
    );
    Ok(())
}

/// The route as it is without anything around it, under both addresses: turning one around is work
/// of the layers.
fn bare() -> Router {
    Router::new()
        .route("/api/thing", post(async || "done"))
        .route(PATH, post(async || "done"))
}

/// Microseconds a request, round by round.
struct Compared {
    bare: Vec<f64>,
    layered: Vec<f64>,
}

fn compare(runtime: &Runtime, bare: &Router, layered: &Router, requests: u32) -> Outcome<Compared> {
    let mut compared = Compared {
        bare: Vec::new(),
        layered: Vec::new(),
    };
    // The first round warms up.
    for round in 0..=ROUNDS {
        let (one, other) = (
            each(runtime, bare, requests)?,
            each(runtime, layered, requests)?,
        );
        if round > 0 {
            compared.bare.push(one);
            compared.layered.push(other);
        }
    }
    Ok(compared)
}

/// How long this thread works on one of `requests`, in microseconds.
fn each(runtime: &Runtime, router: &Router, requests: u32) -> Outcome<f64> {
    let before = thread_time();
    runtime.block_on(async {
        for _ in 0..requests {
            let answer = router.clone().oneshot(request()?).await?;
            if answer.status() != 200 {
                return Err(format!("expected 200, got {}", answer.status()).into());
            }
            answer.into_body().collect().await?;
        }
        Outcome::Ok(())
    })?;
    let used = thread_time().saturating_sub(before);
    Ok(used.as_secs_f64() * 1e6 / f64::from(requests))
}

fn request() -> Outcome<Request<Body>> {
    let mut request = Request::post(PATH);
    for (name, value) in HEADERS {
        request = request.header(name, value);
    }
    Ok(request.body(Body::empty())?)
}

fn thread_time() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(now.tv_nsec).unwrap_or_default())
}

impl Compared {
    fn row(&self, what: &str, goal: Option<Goal>) -> Vec<String> {
        let pairs = self.bare.iter().zip(&self.layered);
        let differences: Vec<_> = pairs.map(|(bare, layered)| layered - bare).collect();
        let cost = median(&differences);
        let least = differences.iter().copied().fold(f64::INFINITY, f64::min);
        let most = differences
            .iter()
            .copied()
            .fold(f64::NEG_INFINITY, f64::max);
        vec![
            what.to_owned(),
            number(median(&self.bare)),
            number(median(&self.layered)),
            number(cost),
            format!("{} to {}", number(least), number(most)),
            goal.map(|goal| goal.beside(cost)).unwrap_or_default(),
        ]
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_routers_answer_the_request_that_is_measured() {
        let runtime = Builder::new_current_thread().enable_time().build();
        let runtime = runtime.expect("a runtime");
        for router in [bare(), standard(bare(), policy())] {
            assert!(each(&runtime, &router, 3).expect("answers") > 0.0);
        }
    }

    #[test]
    fn a_median_is_not_moved_by_one_bad_round() {
        assert_eq!(number(median(&[3.0, 1000.0, 1.0])), "3");
    }
}
