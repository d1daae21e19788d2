//! The admin function through its router, on a real database file (auth contract, 3.6, 3.7, 10
//! and 15: 54, 58 to 64, 101 to 109).

mod audit;
mod bodies;
mod deployment;
mod gc_runs;
mod guard;
mod invites;
mod lambda;
mod members;
mod metrics_history;
mod office;
mod own_host;
mod sign_in;
mod sign_in_faults;
mod super_admin;
mod system;
