//! `sync` cold: from `exec` to the answer of a push and of a pull, with a database file and with a
//! database server some milliseconds away.

use std::time::Duration;

use serde_json::Value;
use tokio::runtime::Builder;

use super::bundle::{self, Built};
use super::requests::{First, first};
use super::world::World;
use crate::command::Outcome;
use crate::figure::millis;
use crate::latency::Latencies;
use crate::table::{Goal, Table};

const RUNS: usize = 50;
/// What a cold answer may take, in milliseconds.
const GOAL: f64 = 60.0;
/// How many times it may ask a server beside that.
const ROUND_TRIPS: u32 = 3;

pub(super) fn measure(delay: Duration) -> Outcome {
    let mut table = Table::new(&[
        "sync, cold",
        "median, ms",
        "p99, ms",
        "goal",
        "requests to the server",
        "CPU, ms",
        "resident, MB",
    ]);
    let sync = bundle::function("sync")?;
    measure_on(&World::local()?, &sync, "file", Duration::ZERO, &mut table)?;
    if let Some(world) = World::remote()? {
        measure_on(&world, &sync, "server", delay, &mut table)?;
    }
    table.print(&format!(
        "exec to the answer (n = {RUNS}); the server answers {} ms later than it would, without TLS",
        delay.as_millis()
    ));
    Ok(())
}

fn measure_on(
    world: &World,
    sync: &Built,
    place: &str,
    delay: Duration,
    table: &mut Table,
) -> Outcome {
    let goal = GOAL + (delay * ROUND_TRIPS).as_secs_f64() * 1000.0;
    let push = |number| world.push(number..number + 1);
    let pull = |_| world.pull(100);
    let kinds: [(&str, &dyn Fn(usize) -> Value); 2] = [("push", &push), ("pull", &pull)];
    for (what, event) in kinds {
        let (runs, asked) = cold(world, sync, delay, event)?;
        let times = Latencies::of(runs.iter().map(|run| run.elapsed).collect());
        let cpu = Latencies::of(runs.iter().map(|run| run.cpu).collect());
        let resident = runs
            .iter()
            .map(|run| run.resident)
            .max()
            .unwrap_or_default();
        let median = times.percentile(50);
        table.row(vec![
            format!("{what}, {place}"),
            millis(median),
            millis(times.percentile(99)),
            Goal::AtMost(goal).beside(median.as_secs_f64() * 1000.0),
            asked.to_string(),
            millis(cpu.percentile(50)),
            crate::figure::megabytes(resident),
        ]);
    }
    Ok(())
}

/// Every run of one kind, and how many requests each sent to the server.
fn cold(
    world: &World,
    sync: &Built,
    delay: Duration,
    event: &dyn Fn(usize) -> Value,
) -> Outcome<(Vec<First>, usize)> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let way = world.way(delay).await?;
        let settings = world.settings(way.as_ref());
        let mut runs = Vec::new();
        for number in 0..RUNS {
            let run = first(&sync.binary, &settings, &event(number)).await?;
            if run.answer["statusCode"] != 200 {
                return Err(run.answer.to_string().into());
            }
            runs.push(run);
        }
        let asked = way.map_or(0, |way| way.requests() / RUNS);
        Ok((runs, asked))
    })
}
