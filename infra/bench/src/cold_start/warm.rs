//! Functions that have answered before: how long a request takes and what it costs, with a database
//! server some milliseconds away, as docs/operations/cost.md counts it.

use std::time::{Duration, Instant};

use or3_testkit::Lambda;
use serde_json::Value;
use tokio::runtime::Builder;

use super::bundle;
use super::requests::TIME;
use super::routes::{ROUTES, Route, UNLIMITED};
use super::world::World;
use crate::command::Outcome;
use crate::figure::{float, millis, number};
use crate::latency::Latencies;
use crate::table::Table;
use crate::usage::cpu_of;

const RUNS: usize = 200;
/// Lambda gives a function a whole processor at so many MB, and less in proportion.
const PROCESSOR: f64 = 1769.0;
/// What a GB-second costs on arm64, and a request at the gateway and in Lambda (cost.md).
const GIGABYTE_SECOND: f64 = 0.000_013_333_4;
const REQUESTS: f64 = 1.2;

pub(super) fn measure(delay: Duration) -> Outcome {
    let Some(world) = World::remote()? else {
        return Ok(());
    };
    let mut table = Table::new(&[
        "route",
        "memory, MB",
        "median, ms",
        "p99, ms",
        "CPU, ms",
        "requests to the server",
        "billed, ms",
        "compute, USD a million",
        "with gateway and invocation",
    ]);
    let runtime = Builder::new_current_thread().enable_all().build()?;
    for route in ROUTES {
        table.row(runtime.block_on(row(&world, &route, delay))?);
    }
    table.print(&format!(
        "Functions that run (n = {RUNS}); the server answers {} ms later than it would, without TLS",
        delay.as_millis()
    ));
    Ok(())
}

async fn row(world: &World, route: &Route, delay: Duration) -> Outcome<Vec<String>> {
    let way = world.way(delay).await?;
    let settings = world.settings(way.as_ref());
    let limits = [("OR3_RATE_LIMIT_OVERRIDES_JSON", UNLIMITED)];
    let settings = settings.iter().map(|(name, value)| (*name, &**value));
    let settings: Vec<_> = settings.chain(limits).collect();
    let function = Lambda::start(&bundle::function(route.function)?.binary, &settings).await;
    let asked = || way.as_ref().map_or(0, or3_testkit::Relay::requests);
    ask(&function, &(route.event)(world, RUNS)).await?;
    let before = (cpu_of(function.pid())?, asked());
    let mut times = Vec::new();
    for run in 0..RUNS {
        let event = (route.event)(world, run);
        let started = Instant::now();
        ask(&function, &event).await?;
        times.push(started.elapsed());
    }
    let cpu = cpu_of(function.pid())?.saturating_sub(before.0);
    let cpu = cpu.div_f64(float(RUNS as u64));
    let asked = (asked() - before.1) / RUNS;
    Ok(cells(route, &Latencies::of(times), cpu, asked))
}

fn cells(route: &Route, times: &Latencies, cpu: Duration, asked: usize) -> Vec<String> {
    let median = times.percentile(50);
    let waits = median.saturating_sub(cpu).as_secs_f64();
    let billed = (cpu.as_secs_f64() * PROCESSOR / route.memory + waits) * 1000.0;
    let compute = 1e6 * route.memory / 1024.0 * billed.ceil() / 1000.0 * GIGABYTE_SECOND;
    vec![
        format!("`{}`", route.name),
        number(route.memory),
        millis(median),
        millis(times.percentile(99)),
        millis(cpu),
        asked.to_string(),
        number(billed.ceil()),
        format!("{compute:.2}"),
        format!("{:.2}", compute + REQUESTS),
    ]
}

async fn ask(function: &Lambda, event: &Value) -> Outcome {
    let answer = function.invoke(event, TIME).await;
    let answer = answer.map_err(|error| format!("the function failed: {error}"))?;
    if answer["statusCode"] == 200 {
        Ok(())
    } else {
        Err(answer.to_string().into())
    }
}
