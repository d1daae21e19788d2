//! The auth function through its router, on a real database file (auth contract, 15).

mod audit;
mod concurrency;
mod deployment;
mod door;
mod flow;
mod invites;
mod lambda;
mod links;
mod own_sessions;
mod passwords;
mod provisioning;
mod rotation;
mod secrets;
mod tokens;
mod traces;
