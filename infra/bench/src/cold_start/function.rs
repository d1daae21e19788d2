//! Function binaries as the Lambda runtime starts them.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::runtime_api::RuntimeApi;
use crate::command::Outcome;
use crate::figure::{float, mebibytes, millis};
use crate::latency::Latencies;
use crate::process::binary;
use crate::table::{Goal, Table};
use crate::usage::Usage;

/// What may have been built; `scripts/bench` builds the first two.
const FUNCTIONS: [&str; 8] = [
    "health",
    "sync",
    "auth",
    "workspaces",
    "presign",
    "blobs",
    "gc",
    "migrate",
];

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
        "file, MiB",
        "deflated, MiB",
        "goal",
        "first poll: median, ms",
        "p99, ms",
        "goal",
        "resident, MiB",
        "goal",
    ]);
    for name in FUNCTIONS {
        let path = binary()?.with_file_name(name);
        if path.exists() {
            table.row(row(name, &path)?);
        }
    }
    table.print(&format!("Functions, exec to the first poll (n = {RUNS})"));
    Ok(())
}

fn row(name: &str, path: &Path) -> Outcome<Vec<String>> {
    let runs: Vec<(Duration, u64)> = (0..RUNS).map(|_| once(path)).collect::<Outcome<_>>()?;
    let times = Latencies::of(runs.iter().map(|(time, _)| *time).collect());
    let resident = runs.iter().map(|(_, resident)| *resident).max();
    let resident = resident.unwrap_or_default();
    let zipped = deflated(path)?;
    let median = times.percentile(50);
    let in_mebibytes = |bytes| float(bytes) / f64::from(1 << 20);
    Ok(vec![
        name.to_owned(),
        mebibytes(fs::metadata(path)?.len()),
        mebibytes(zipped),
        Goal::AtMost(4.0).beside(in_mebibytes(zipped)),
        millis(median),
        millis(times.percentile(99)),
        Goal::AtMost(8.0).beside(median.as_secs_f64() * 1000.0),
        mebibytes(resident),
        Goal::AtMost(12.0).beside(in_mebibytes(resident)),
    ])
}

/// The size in a ZIP file, which holds a deflated file and about 200 bytes more; `gzip` deflates
/// in the same way.
fn deflated(path: &Path) -> Outcome<u64> {
    let output = Command::new("gzip").arg("-9c").arg(path).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(output.stdout.len() as u64)
}

/// Starts the function once; how long it took to ask for work, and what is resident then.
fn once(path: &Path) -> Outcome<(Duration, u64)> {
    let api = RuntimeApi::listen()?;
    let started = Instant::now();
    let function = Function::start(path, &api)?;
    let (elapsed, connection) = api.first_poll(started)?;
    let resident = Usage::of(function.0.id())?.resident;
    drop(function);
    drop(connection);
    Ok((elapsed, resident))
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
