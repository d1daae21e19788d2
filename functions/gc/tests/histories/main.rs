//! Generated histories: pushes, deletes, resurrections, uploads, commits, cursors, snapshots, hours
//! and months, and collections that die anywhere. Whatever happens, a collection takes nothing that
//! somebody needs, and nothing that anybody sees changes by it.
//!
//! `GC_CASES=50000 cargo test -p gc --test histories` tries more than the few hundred of every run,
//! and `GC_SEED=7` one of them.

mod case;
mod fuse;
mod lab;
mod model;
mod views;

use or3_settings::Environment;

use crate::case::Case;
use crate::lab::Lab;

/// How many histories every run tries.
const CASES: u64 = 500;

fn number(name: &str) -> Option<u64> {
    Environment::of_process().get(name)?.parse().ok()
}

#[tokio::test]
async fn whatever_happens_a_collection_takes_nothing_that_somebody_needs() {
    let lab = Lab::new().await;
    if let Some(seed) = number("GC_SEED") {
        return Case::new(&lab, seed).await.run().await;
    }
    for seed in 0..number("GC_CASES").unwrap_or(CASES) {
        // The seed of a case that fails is the last one on its output.
        println!("GC_SEED={seed}");
        Case::new(&lab, seed).await.run().await;
    }
}
