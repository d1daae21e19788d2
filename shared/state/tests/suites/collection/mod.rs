//! Collecting rows, and the records of it.

mod driving;
mod ledger;
mod rows;
