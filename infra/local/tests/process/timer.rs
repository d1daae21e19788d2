//! The timer collects from the start on, and ends with the stack.

use std::path::Path;

use or3_domain::gc::{Ended, Run, Source};
use or3_settings::Database;
use or3_state::State;
use rustix::process::Signal;
use tempfile::tempdir;

use crate::running::Running;

fn runs(data: &Path) -> Vec<Run> {
    let settings = Database::file(data.join("or3.db"), 1);
    let state = State::open(&settings).expect("the stack's database");
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let listed = runtime
        .expect("a runtime")
        .block_on(state.gc_ledger().list(None, 10));
    listed.expect("listed")
}

fn until_finished(data: &Path, count: usize) -> Vec<Run> {
    loop {
        let runs = runs(data);
        let finished = runs.iter().filter(|run| run.finished_at.is_some());
        if finished.count() == count {
            return runs;
        }
        std::thread::yield_now();
    }
}

#[test]
fn every_start_collects_and_writes_it_down() {
    let data = tempdir().expect("a folder");
    for count in 1..=2 {
        let running = Running::start(data.path(), &[]);
        let runs = until_finished(data.path(), count);
        assert_eq!(runs.len(), count);
        assert!(runs.iter().all(|run| run.ended == Ended::Completed));
        assert!(runs.iter().all(|run| run.source == Source::Schedule));
        running.signal(Signal::TERM);
        assert_eq!(running.wait().code(), Some(0));
    }
}

#[test]
fn without_an_interval_nothing_is_collected() {
    let data = tempdir().expect("a folder");
    let running = Running::start(data.path(), &[("OR3_GC_INTERVAL_SECONDS", "0")]);
    assert_eq!(running.get("/api/health").0, 200);
    running.signal(Signal::TERM);
    assert_eq!(running.wait().code(), Some(0));
    assert_eq!(runs(data.path()), []);
}

#[test]
fn an_interval_out_of_range_stops_the_start() {
    let data = tempdir().expect("a folder");
    let mut command = crate::running::command(data.path(), &[("OR3_GC_INTERVAL_SECONDS", "5")]);
    let output = command.output().expect("or3-local runs");
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("OR3_GC_INTERVAL_SECONDS"), "{text}");
}
