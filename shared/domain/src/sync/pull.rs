//! A pull: the changes after a cursor, in the order of their versions.

use super::{Operation, Revision, Table, TableSet};
use crate::ids::{UserId, WorkspaceId};

/// What a client asks for (sync contract, 12.1).
#[derive(Clone, Debug)]
pub struct PullRequest {
    /// The session's workspace.
    pub workspace: WorkspaceId,
    /// The session's user: notifications of others are left out.
    pub user: UserId,
    /// The version that the client has; changes after it are wanted.
    pub cursor: i64,
    /// The most changes on a page, 1 to 1000.
    pub limit: u32,
    /// The tables that count.
    pub tables: TableSet,
    /// About how many bytes of payload a page may hold; at least one change is given whatever its
    /// size (12.3).
    pub max_bytes: u32,
}

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its version in the workspace.
    pub version: i64,
    /// The table.
    pub table: Table,
    /// The row's key.
    pub pk: String,
    /// What was done.
    pub operation: Operation,
    /// The payload as stored JSON text, if the op had one.
    pub payload: Option<String>,
    /// Identity and age.
    pub revision: Revision,
    /// The writing device.
    pub device_id: String,
}

/// A page of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullPage {
    /// The changes that the user may see.
    pub changes: Vec<Change>,
    /// The version of the last entry of the page, hidden ones included; the request's cursor if
    /// there is none.
    pub next_cursor: i64,
    /// Whether a matching entry exists behind the page.
    pub has_more: bool,
    /// The smallest version that is still kept of the whole log; head + 1 if none is.
    pub oldest_retained: i64,
}

impl PullPage {
    /// Whether entries after `cursor` are gone (sync contract, 12.2).
    pub fn requires_snapshot(&self, cursor: i64) -> bool {
        cursor < self.oldest_retained - 1
    }
}
