//! Generated histories: pushes, deletes, resurrections, uploads, commits, cursors, snapshots, hours
//! and months, and collections that die between any two statements. Whatever happens, a collection takes nothing that
//! somebody needs, and nothing that anybody sees changes by it.
//!
//! `GC_CASES=50000 cargo test -p gc --test histories` tries more than the five hundred of every run,
//! and `GC_SEED=7` one of them.

mod case;
mod collections;
mod devices;
mod files;
mod lab;
mod model;
mod mortal;
mod pushes;
mod views;

use or3_settings::Environment;

use crate::case::Case;
use crate::lab::Mould;

/// How many histories every run tries.
const CASES: u64 = 500;

fn number(name: &str) -> Option<u64> {
    Environment::of_process().get(name)?.parse().ok()
}

#[tokio::test]
async fn whatever_happens_a_collection_takes_nothing_that_somebody_needs() {
    let mould = Mould::new().await;
    if let Some(seed) = number("GC_SEED") {
        return Case::new(mould.lab().await, seed).await.run().await;
    }
    for seed in 0..number("GC_CASES").unwrap_or(CASES) {
        // The seed of a case that fails is the last one on its output.
        println!("GC_SEED={seed}");
        Case::new(mould.lab().await, seed).await.run().await;
    }
}
