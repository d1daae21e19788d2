//! Devices that edit, fall silent, repeat themselves and come back, against servers that stop at
//! any moment, on one database: whatever happens, all of them end with the same data.
//!
//! A run is a function of its seed. It drives devices step by step through the real routers, lets
//! requests and answers get lost, doubled and late, restarts servers, collects history under a
//! clock that jumps, and writes everything that any answer claims into a [`ledger`]. At the end
//! the ledger knows the whole history of each workspace, and every claim is held against it.
//!
//! In every fourth run several requests are also under way at once, at different servers: such a run
//! repeats in kind only, and is held to the same claims. A few runs are on a database server behind
//! a network that loses requests and answers.
//!
//! `OR3_SIM_SEEDS` says how many runs there are (200), `OR3_SIM_SERVER_SEEDS` how many on a database
//! server (6), `OR3_SIM_FROM` where they begin (0).

mod device;
mod edit;
mod fleet;
mod intruder;
mod ledger;
mod orders;
mod post;
mod reading;
mod run;
mod rush;
mod seeds;
mod sighting;
mod team;
mod trace;
mod weather;

use fleet::Ground;

#[test]
fn every_seed_ends_with_the_same_data_everywhere() {
    seeds::run_all(("OR3_SIM_SEEDS", 200), |seed| {
        run::simulate(seed, Ground::File, seed % 4 == 3)
    });
}

#[test]
fn every_seed_ends_with_the_same_data_over_a_bad_network() {
    seeds::run_all(("OR3_SIM_SERVER_SEEDS", 6), |seed| {
        run::simulate(seed, Ground::Server, true)
    });
}
