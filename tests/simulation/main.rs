//! Devices that edit, fall silent, repeat themselves and come back, against servers that stop at
//! any moment, on one database: whatever happens, all of them end with the same data.
//!
//! A run is a function of its seed. It drives devices step by step through the real routers, lets
//! requests and answers get lost, doubled and late, restarts servers, collects history under a
//! clock that jumps, and writes everything that any answer claims into a [`ledger`]. At the end
//! the ledger knows the whole history of each workspace, and every claim is held against it.
//!
//! `OR3_SIM_SEEDS` says how many runs there are (200), `OR3_SIM_FROM` where they begin (0).

mod device;
mod edit;
mod fleet;
mod intruder;
mod ledger;
mod orders;
mod post;
mod reading;
mod run;
mod seeds;
mod sighting;
mod team;
mod trace;
mod weather;

#[test]
fn every_seed_ends_with_the_same_data_everywhere() {
    seeds::run_all(run::simulate);
}
