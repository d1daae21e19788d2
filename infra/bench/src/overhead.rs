//! `bench overhead`: what the layers around every route cost, beside the same route without them, in
//! this process and without a network.

use std::net::IpAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::routing::post;
use http_body_util::BodyExt;
use or3_http::{HttpPolicy, Peer, standard};
use or3_settings::{Environment, Log};
use tower::ServiceExt;

use crate::command::{Command, Outcome, has};
use crate::figure::{float, number};
use crate::table::{Goal, Table};
use crate::usage::Usage;

/// `bench overhead`.
pub const COMMAND: Command = Command {
    name: "overhead",
    about: "CPU time that the layers add to a request; --log writes its lines to standard error too",
    run,
};

const ROUNDS: u32 = 5;
const REQUESTS: u64 = 100_000;

/// What the layers may cost in all, in microseconds.
const GOAL: Goal = Goal::AtMost(15.0);

fn run(arguments: &[String]) -> Outcome {
    let level = if has(arguments, "--log") {
        "info"
    } else {
        "off"
    };
    let settings = [("OR3_LOG", level), ("OR3_LOG_FORMAT", "json")];
    or3_runtime::telemetry(&Environment::of(settings).load::<Log>()?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let bare = || Router::new().route("/api/sync/push", post(async || "{}"));
    let rows = [
        ("the route alone", bare()),
        ("with the layers", standard(bare(), HttpPolicy::default())),
        (
            "without a limit to its time",
            standard(
                bare(),
                HttpPolicy {
                    request_timeout: Duration::MAX,
                    ..HttpPolicy::default()
                },
            ),
        ),
    ];
    let mut table = Table::new(&["what", "CPU µs a request", "more than alone", "goal"]);
    let mut alone = None;
    for (what, router) in rows {
        let micros = runtime.block_on(best(&router))?;
        let more = micros - *alone.get_or_insert(micros);
        let goal = (more > 0.0).then(|| GOAL.beside(more));
        table.row(vec![
            what.to_owned(),
            number(micros),
            number(more),
            goal.unwrap_or_default(),
        ]);
    }
    table.print(&format!("The layers around a route, log {level}"));
    Ok(())
}

/// CPU time of a request in microseconds, in the best of some rounds.
async fn best(router: &Router) -> Outcome<f64> {
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let before = Usage::of(std::process::id())?.cpu;
        for _ in 0..REQUESTS {
            let answer = router.clone().oneshot(request()?).await?;
            answer.into_body().collect().await?;
        }
        let spent = Usage::of(std::process::id())?.cpu.saturating_sub(before);
        best = best.min(spent.as_secs_f64() * 1e6 / float(REQUESTS));
    }
    Ok(best)
}

/// A request as a browser's client sends it.
fn request() -> Outcome<Request> {
    let request = Request::post("/api/sync/push")
        .header("host", "127.0.0.1:8787")
        .header("origin", "http://127.0.0.1:8787")
        .header(
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
        )
        .header("accept", "application/json")
        .header("content-type", "application/json")
        .header("cookie", "or3_access=a.b.c; or3_refresh=d.e.f")
        .extension(Peer(IpAddr::from([127, 0, 0, 1])))
        .body(Body::from("{\"scope\":{\"workspaceId\":\"w\"},\"ops\":[]}"))?;
    Ok(request)
}
