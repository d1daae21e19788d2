//! `or3-local` as a process: what its start line, its exit code and its data folder promise to
//! scripts and to people.

mod audit;
mod config;
mod copy;
mod crash;
mod damage;
mod failures;
mod full_disk;
mod hostile;
mod listing;
mod machines;
mod memory;
mod metrics;
mod owner;
mod patience;
mod person;
mod pushes;
mod remote;
mod resumable;
mod running;
mod secrets;
mod sessions;
mod slow;
mod start;
mod stream;
mod timer;
mod traces;
mod uploads;
