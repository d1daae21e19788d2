//! A function that starts cold, gets its first request, and ends.

use std::path::Path;
use std::time::{Duration, Instant};

use or3_testkit::Lambda;
use serde_json::Value;

use crate::command::Outcome;
use crate::usage::{Usage, cpu_of};

/// More than any invocation takes.
pub(super) const TIME: Duration = Duration::from_secs(30);

/// What a first request took.
pub(super) struct First {
    /// From before `exec` to the answer.
    pub(super) elapsed: Duration,
    /// Processor time of the process until then.
    pub(super) cpu: Duration,
    /// Resident memory then, in bytes.
    pub(super) resident: u64,
    /// What the function returned.
    pub(super) answer: Value,
}

/// Starts `binary` with `event` waiting for it.
pub(super) async fn first(
    binary: &Path,
    settings: &[(&'static str, String)],
    event: &Value,
) -> Outcome<First> {
    let settings: Vec<_> = settings
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    let started = Instant::now();
    let mut function = Lambda::start(binary, &settings).await;
    let answer = function.invoke(event, TIME).await;
    let elapsed = started.elapsed();
    let (cpu, resident) = (cpu_of(function.pid())?, Usage::of(function.pid())?.resident);
    function.terminate();
    function.ended().await;
    Ok(First {
        elapsed,
        cpu,
        resident,
        answer: answer.map_err(|error| format!("the function failed: {error}"))?,
    })
}
