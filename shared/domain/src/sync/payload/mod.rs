//! Payloads: their one spelling, what a table wants of them, and what is told of deleted ones.

mod deleted;
mod fold;
mod schema;

pub(super) use deleted::with_deleted;
pub(super) use fold::{fold, keep};
pub(super) use schema::check;
