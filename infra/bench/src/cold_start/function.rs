//! Function binaries as the Lambda runtime starts them.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::runtime::Builder;

use super::bundle::{self, Built};
use super::requests::first;
use super::runtime_api::RuntimeApi;
use super::world::World;
use crate::command::Outcome;
use crate::figure::{float, megabytes, millis};
use crate::latency::Latencies;
use crate::table::{Goal, Table};
use crate::usage::{Usage, cpu_of};

const RUNS: usize = 50;

/// What template.yaml sets, with secrets of the right length and a server that nobody asks.
const SETTINGS: [(&str, &str); 7] = [
    ("OR3_ENV", "production"),
    ("OR3_DATABASE_URL", "https://db.or3.invalid"),
    ("OR3_BASIC_AUTH_JWT_SECRET", SECRET),
    ("OR3_BASIC_AUTH_REFRESH_SECRET", OTHER_SECRET),
    ("OR3_STORAGE_FS_TOKEN_SECRET", SECRET),
    ("OR3_AUTH_INVITE_TOKEN_SECRET", SECRET),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
];
const SECRET: &str = "1f9a7c3e5b8d2046a1c3e5f7092b4d6e8f0a1c2e3b4d5f60718293a4b5c6d7e8";
const OTHER_SECRET: &str = "e8d7c6b5a4938271605f4d3b2e1c0a8f6e4d2b09f7e5c3a14602d8b5e3c7a9f1";

pub(super) fn measure() -> Outcome {
    let mut table = Table::new(&[
        "function",
        "file, MB",
        "zip, MB",
        "goal",
        "first poll: median, ms",
        "p99, ms",
        "goal",
        "CPU, ms",
        "resident, MB",
        "after a request, MB",
        "goal",
    ]);
    let world = World::local()?;
    for built in bundle::functions()? {
        table.row(row(&built, &world)?);
    }
    table.print(&format!("Functions, exec to the first poll (n = {RUNS})"));
    Ok(())
}

fn row(built: &Built, world: &World) -> Outcome<Vec<String>> {
    let runs: Vec<Poll> = (0..RUNS)
        .map(|_| once(&built.binary))
        .collect::<Outcome<_>>()?;
    let times = Latencies::of(runs.iter().map(|run| run.elapsed).collect());
    let cpu = Latencies::of(runs.iter().map(|run| run.cpu).collect());
    let resident = runs.iter().map(|run| run.resident).max();
    let after = after_a_request(built, world)?;
    let zip = fs::metadata(&built.zip)?.len();
    let median = times.percentile(50);
    Ok(vec![
        built.name.clone(),
        megabytes(fs::metadata(&built.binary)?.len()),
        megabytes(zip),
        Goal::AtMost(built.budget).beside(float(zip) / 1e6),
        millis(median),
        millis(times.percentile(99)),
        Goal::AtMost(8.0).beside(median.as_secs_f64() * 1000.0),
        millis(cpu.percentile(50)),
        megabytes(resident.unwrap_or_default()),
        megabytes(after),
        Goal::AtMost(15.0).beside(float(after) / 1e6),
    ])
}

/// What is resident after the function's event in `tests/events`, sent by somebody with a session.
fn after_a_request(built: &Built, world: &World) -> Outcome<u64> {
    let event = world.signed_in(bundle::event(&built.name)?);
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let settings = world.settings(None);
    let run = first(&built.binary, &settings, &event);
    Ok(runtime.block_on(run)?.resident)
}

/// A function that asked for its first invocation.
struct Poll {
    elapsed: Duration,
    cpu: Duration,
    resident: u64,
}

/// Starts the function once and waits until it asks for work.
fn once(path: &Path) -> Outcome<Poll> {
    let api = RuntimeApi::listen()?;
    let started = Instant::now();
    let function = Function::start(path, &api)?;
    let (elapsed, connection) = api.first_poll(started)?;
    let cpu = cpu_of(function.0.id())?;
    let resident = Usage::of(function.0.id())?.resident;
    drop(function);
    drop(connection);
    Ok(Poll {
        elapsed,
        cpu,
        resident,
    })
}

/// A running function; dropping it ends it.
struct Function(Child);

impl Function {
    fn start(path: &Path, api: &RuntimeApi) -> Outcome<Self> {
        let child = Command::new(path)
            .env_clear()
            .envs(SETTINGS)
            .env("AWS_LAMBDA_RUNTIME_API", api.address()?.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "bench")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "bench")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "bench")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self(child))
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let ended = self.0.kill().and_then(|()| self.0.wait());
        if let Err(error) = ended {
            eprintln!("the function could not be ended: {error}");
        }
    }
}
