//! What a process has used so far, as Linux tells it in `/proc/<pid>`.

use std::fs;
use std::time::Duration;

use crate::command::Outcome;

/// CPU time and memory of one process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// User and system time of all its threads; the kernel counts in ticks of 10 ms.
    pub cpu: Duration,
    /// Resident memory, in bytes.
    pub resident: u64,
    /// The most that was resident since the start or the last [`forget_peak`], in bytes.
    pub peak: u64,
}

impl Usage {
    /// Reads the counters of process `pid`.
    pub fn of(pid: u32) -> Outcome<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        Ok(Self {
            cpu: cpu_time(&stat).ok_or("/proc/<pid>/stat is not as expected")?,
            resident: kilobytes(&status, "VmRSS:") * 1024,
            peak: kilobytes(&status, "VmHWM:") * 1024,
        })
    }
}

/// The processor time of all threads that process `pid` has now, in the scheduler's own
/// nanoseconds: for spans in which ticks show nothing.
pub fn cpu_of(pid: u32) -> Outcome<Duration> {
    let mut all = 0;
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        let counters = fs::read_to_string(thread?.path().join("schedstat"))?;
        let running = counters.split_ascii_whitespace().next();
        all += running.ok_or("an empty schedstat")?.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(all))
}

/// Starts the peak of process `pid` afresh at what is resident now.
pub fn forget_peak(pid: u32) -> Outcome {
    Ok(fs::write(format!("/proc/{pid}/clear_refs"), "5")?)
}

/// Fields 14 and 15; the second field is a name that may hold blanks, so counting starts after it.
fn cpu_time(stat: &str) -> Option<Duration> {
    let fields = stat.rsplit_once(')')?.1;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    let ticks_per_second = rustix::param::clock_ticks_per_second();
    Some(Duration::from_millis(
        (user + system) * 1000 / ticks_per_second,
    ))
}

fn kilobytes(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_ascii_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_and_its_time_does_not_run_backwards() {
        let before = Usage::of(std::process::id()).expect("counters");
        let after = Usage::of(std::process::id()).expect("counters");
        assert!(before.resident > 0 && before.peak >= before.resident);
        assert!(after.cpu >= before.cpu);
    }

    #[test]
    fn the_schedulers_count_of_this_process_grows() {
        let before = cpu_of(std::process::id()).expect("counters");
        let mut work = 0_u64;
        while cpu_of(std::process::id()).expect("counters") == before {
            work = std::hint::black_box(work + 1);
        }
        assert!(before > Duration::ZERO);
    }

    #[test]
    fn a_name_with_blanks_and_brackets_does_not_shift_the_fields() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194304 1 0 0 0 150 50 0 0 20 0";
        assert_eq!(cpu_time(stat), Some(Duration::from_secs(2)));
    }
}
