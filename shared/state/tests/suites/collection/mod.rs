//! Collecting rows, and the records of it.

mod counter;
mod driving;
mod ledger;
mod looks;
mod room;
mod rows;
