//! An operation: one write of one row, as a client made it.

use super::{Revision, Table};

/// What an op does to its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Replaces the row.
    Put,
    /// Removes the row for good.
    Delete,
}

impl Operation {
    /// The word on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Delete => "delete",
        }
    }

    /// The operation with this name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "put" => Some(Self::Put),
            "delete" => Some(Self::Delete),
            _ => None,
        }
    }
}

/// What makes two ops the same op apart from their id: table, operation, key, payload as a JSON
/// value, clock, hlc and device, digested (sync contract, 7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 16]);

/// An op that passed every check that needs no store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Op {
    /// The table.
    pub table: Table,
    /// What it does.
    pub operation: Operation,
    /// The row's key, 1 to 1024 UTF-16 units.
    pub pk: String,
    /// The folded payload as compact JSON text; every put has one.
    pub payload: Option<String>,
    /// Identity and age.
    pub revision: Revision,
    /// The writing device.
    pub device_id: String,
    /// What tells a repetition from a reuse of the id.
    pub fingerprint: Fingerprint,
}
