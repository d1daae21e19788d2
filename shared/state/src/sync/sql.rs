//! Pieces that several statements share. In all of them `?1` is the workspace's id.

use or3_domain::store::StoreError;
use or3_domain::sync::Table;

use crate::statement::Row;

/// How many bits of a `seq` are the version.
pub(super) const VERSION_BITS: u32 = 40;

/// The largest version; also the mask that takes a version out of a `seq`.
pub(super) const MAX_VERSION: i64 = (1 << VERSION_BITS) - 1;

/// The workspace's number.
macro_rules! number {
    () => {
        "(SELECT number FROM workspaces WHERE id = ?1)"
    };
}

/// The `seq` of the workspace's head; versions after it are new in a push until the head moves.
macro_rules! head_seq {
    () => {
        "(SELECT w.number << 40 | coalesce(h.head, 0)
          FROM workspaces w LEFT JOIN sync_heads h ON h.workspace = w.number WHERE w.id = ?1)"
    };
}

/// The largest `seq` that the workspace can have.
macro_rules! top_seq {
    () => {
        "(SELECT number << 40 | 0xFFFFFFFFFF FROM workspaces WHERE id = ?1)"
    };
}

pub(super) use {head_seq, number, top_seq};

/// The workspace's number, head and floor: the first statement of most batches.
pub(super) const HEAD: &str = "SELECT w.number, coalesce(h.head, 0), coalesce(h.floor, 0)
    FROM workspaces w LEFT JOIN sync_heads h ON h.workspace = w.number WHERE w.id = ?1";

/// The row of a workspace that a session has just been resolved to.
pub(super) fn existing(row: Option<Row>) -> Result<Row, StoreError> {
    row.ok_or_else(|| StoreError::Fault("the session's workspace has no row".to_owned()))
}

pub(super) fn table(row: &Row, column: usize) -> Result<Table, StoreError> {
    let code = row.int(column)?;
    Table::coded(code).ok_or_else(|| StoreError::Fault(format!("no table has the code {code}")))
}
