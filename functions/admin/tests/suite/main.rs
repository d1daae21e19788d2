//! The admin function through its router, on a real database file (auth contract, 3.6, 3.7, 10
//! and 15: 54, 62, 63, 102 to 104).

mod gc_runs;
mod guard;
mod invites;
mod lambda;
mod members;
mod office;
