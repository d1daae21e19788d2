//! How much memory the server has meanwhile.

use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::time::sleep;

use crate::command::Outcome;
use crate::figure::float;
use crate::usage::Usage;

/// Resident memory, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    /// After the first sixth of the time.
    pub(super) warm: u64,
    /// At the end.
    pub(super) last: u64,
    /// The most that was seen.
    pub(super) most: u64,
}

impl Memory {
    /// From warm to the end, in MiB; less than nothing where some was given back.
    pub(super) fn growth(&self) -> f64 {
        (float(self.last) - float(self.warm)) / f64::from(1 << 20)
    }
}

/// Looks at process `pid` until `until`. An error when it ends before.
pub(super) fn memory(pid: u32, until: Instant) -> Outcome<Memory> {
    let runtime = Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(watched(pid, until))
}

async fn watched(pid: u32, until: Instant) -> Outcome<Memory> {
    let time = until.saturating_duration_since(Instant::now());
    sleep(time / 6).await;
    let warm = Usage::of(pid)?.resident;
    let mut memory = Memory {
        warm,
        last: warm,
        most: warm,
    };
    while Instant::now() < until {
        sleep(Duration::from_millis(250).min(time / 6)).await;
        memory.last = Usage::of(pid)?.resident;
        memory.most = memory.most.max(memory.last);
    }
    Ok(memory)
}
