//! `bench gc`: collecting a large workspace, and what those who push meanwhile feel of it.
//!
//! Unlike the other commands this one has no server: collector and pushes run in this process, on
//! the embedded providers, so that HTTP does not hide what they do to each other.

mod fill;
mod pushes;

use std::sync::Arc;
use std::time::{Duration, Instant};

use or3_blobs::FsBlobs;
use or3_domain::clock::{Clock, SystemClock, Timestamp};
use or3_domain::gc::{
    BlobCollector, Collection, Collector, HistoryKept, Order, Part, Source, history_collectors,
};
use or3_domain::ids::SystemIds;
use or3_domain::storage::BlobStore;
use or3_settings::Database;
use or3_state::State;

use crate::command::{Command, Outcome, value};
use crate::figure::{float, mebibytes, millis, number};
use crate::latency::Latencies;
use crate::machine;
use crate::table::{Goal, Table};
use crate::usage::{Usage, forget_peak};
use pushes::Pushes;

/// `bench gc`.
pub const COMMAND: Command = Command {
    name: "gc",
    about: "collecting history and blobs while others push; [--changes 1000000] [--blobs 100000]",
    run,
};

/// How long pushes are measured without a collection.
const QUIET: Duration = Duration::from_secs(10);

const KEPT: HistoryKept = HistoryKept {
    retention: Duration::from_hours(24 * 30),
    device_expiry: Duration::from_hours(24 * 30),
};

/// The deployment in this process.
struct Place {
    state: State,
    blobs: Arc<dyn BlobStore>,
    clock: Arc<dyn Clock>,
}

fn run(arguments: &[String]) -> Outcome {
    let count = |name, usual: u64| value(arguments, name).map_or(Ok(usual), str::parse);
    let (changes, blobs) = (count("--changes", 1_000_000)?, count("--blobs", 100_000)?);
    let folder = tempfile::Builder::new().prefix("or3-bench-").tempdir()?;
    let circumstances = [
        ("durability", "SQLite WAL, synchronous=FULL".to_owned()),
        ("changes", format!("{changes}, ten to a row, all old")),
        (
            "blobs",
            format!("{blobs} sparse files, all old and nobody's"),
        ),
        (
            "pushes",
            "single ops at 4 connections, another workspace".to_owned(),
        ),
    ];
    machine::print(folder.path(), &circumstances);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(measure(folder.path(), changes, blobs))
}

async fn measure(folder: &std::path::Path, changes: u64, blobs: u64) -> Outcome {
    let place = open(folder).await?;
    fill::changes(&place.state, changes, place.clock.now()).await?;
    fill::blobs(folder, blobs)?;

    let pushes = Pushes::start(&place.state);
    tokio::time::sleep(QUIET).await;
    let quiet = pushes.finish().await;

    let pid = std::process::id();
    forget_peak(pid)?;
    let before = Usage::of(pid)?.resident;
    let pushes = Pushes::start(&place.state);
    let history = collect(
        &place,
        history_collectors(&place.state.sync_history(), KEPT),
    )
    .await?;
    let files = collect(&place, [place.blob_collector()]).await?;
    let busy = pushes.finish().await;
    let grown = Usage::of(pid)?.peak.saturating_sub(before);

    print(&history, &files, (&quiet, &busy), grown);
    Ok(())
}

async fn open(folder: &std::path::Path) -> Outcome<Place> {
    let settings = Database::file(folder.join("or3.db"), 2);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    State::migrate(&settings, clock.now()).await?;
    let state = State::open(&settings)?;
    for workspace in [fill::WORKSPACE, pushes::WORKSPACE] {
        fill::workspace(&state, workspace).await?;
    }
    let blobs = FsBlobs::new(folder, Arc::clone(&clock), Arc::new(SystemIds));
    blobs.create().await?;
    Ok(Place {
        state,
        blobs: Arc::new(blobs),
        clock,
    })
}

impl Place {
    fn blob_collector(&self) -> Arc<dyn Collector> {
        Arc::new(BlobCollector::new(
            Arc::clone(&self.blobs),
            self.state.blob_claims(),
            Arc::clone(&self.clock),
            Arc::new(SystemIds),
            KEPT.retention,
        ))
    }
}

/// What one collection removed, and how fast.
struct Collected {
    removed: u64,
    bytes: u64,
    a_second: f64,
}

async fn collect(
    place: &Place,
    collectors: impl IntoIterator<Item = Arc<dyn Collector>>,
) -> Outcome<Collected> {
    let collection = Collection::new(
        collectors.into_iter().collect(),
        place.state.gc_ledger(),
        Arc::clone(&place.clock),
        Arc::new(SystemIds),
    );
    let until = Timestamp::from_millis(i64::MAX);
    let started = Instant::now();
    let run = collection
        .run(&Order::everything(Source::Event, until))
        .await?;
    let seconds = started.elapsed().as_secs_f64();
    let removed = run.parts.iter().map(|part: &Part| part.tally.removed).sum();
    Ok(Collected {
        removed,
        bytes: run.tally().bytes,
        a_second: float(removed) / seconds,
    })
}

fn print(
    history: &Collected,
    files: &Collected,
    (quiet, busy): (&Latencies, &Latencies),
    grown: u64,
) {
    let mut table = Table::new(&["what", "removed", "MiB", "a second", "goal"]);
    for (what, collected, goal) in [("change log", history, 50_000.0), ("blobs", files, 2_000.0)] {
        table.row(vec![
            what.to_owned(),
            number(float(collected.removed)),
            mebibytes(collected.bytes),
            number(collected.a_second),
            Goal::AtLeast(goal).beside(collected.a_second),
        ]);
    }
    table.print("Collecting");

    let mut table = Table::new(&["pushes", "count", "p50 ms", "p99 ms", "goal"]);
    let p99 = |latencies: &Latencies| latencies.percentile(99);
    let twice = p99(quiet).as_secs_f64() * 2000.0;
    for (what, latencies, goal) in [
        ("without a collection", quiet, None),
        ("during it", busy, Some(Goal::AtMost(twice))),
    ] {
        table.row(vec![
            what.to_owned(),
            number(float(latencies.count() as u64)),
            millis(latencies.percentile(50)),
            millis(p99(latencies)),
            goal.map(|goal| goal.beside(p99(latencies).as_secs_f64() * 1000.0))
                .unwrap_or_default(),
        ]);
    }
    table.print("Those who push meanwhile");
    println!(
        "\nMemory grew by {} MiB at most during it.",
        mebibytes(grown)
    );
}
