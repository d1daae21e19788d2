//! A snapshot: the state of a workspace at one version, in pages.

use std::borrow::Cow;

use super::{Revision, Table, TableSet};
use crate::clock::Timestamp;
use crate::error::{DomainError, ErrorKind};
use crate::ids::{UserId, WorkspaceId};
use crate::store::StoreError;

/// How long a snapshot can be read, from its first page on (sync contract, 13.4).
pub const SNAPSHOT_LIFETIME: std::time::Duration = std::time::Duration::from_hours(1);

/// Who reads, and how much at a time.
#[derive(Clone, Debug)]
pub struct SnapshotReader {
    /// The session's workspace.
    pub workspace: WorkspaceId,
    /// The session's user: notifications of others are left out.
    pub user: UserId,
    /// The most items on a page, 1 to 1000.
    pub page_size: u32,
    /// About how many bytes of payload a page may hold; at least one item is given.
    pub max_bytes: u32,
}

/// The key of an item; pages continue behind one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ItemKey {
    /// The table.
    pub table: Table,
    /// The row's key.
    pub pk: String,
}

/// One row of the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotItem {
    /// Which row.
    pub key: ItemKey,
    /// The write that stands.
    pub revision: Revision,
    /// What the row is.
    pub state: ItemState,
}

/// What a row is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemState {
    /// Live, with its payload as stored JSON text.
    Row(String),
    /// Deleted, at this time of the server.
    Tombstone(Timestamp),
}

/// A page of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotPage {
    /// The snapshot.
    pub id: String,
    /// The workspace's head at capture: where pulling continues.
    pub watermark: i64,
    /// The items, ordered by key.
    pub items: Vec<SnapshotItem>,
    /// Whether items follow the last one.
    pub has_more: bool,
}

/// A later page (sync contract, 13.1).
#[derive(Clone, Debug)]
pub struct NextPage {
    /// The snapshot.
    pub id: String,
    /// The last item of the page before.
    pub after: ItemKey,
    /// The filter, if the client repeats it: it must be the first page's.
    pub tables: Option<TableSet>,
}

/// Why a page cannot be given.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It is unknown or over.
    #[error("the snapshot is unknown or expired")]
    Gone,
    /// It was taken in another workspace, or by another user.
    #[error("the snapshot belongs to another workspace or user")]
    Foreign,
    /// The filter is not that of the first page.
    #[error("the table filter changed between pages")]
    FilterChanged,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DomainError for SnapshotError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Gone => ErrorKind::Gone,
            Self::Foreign => ErrorKind::Forbidden,
            Self::FilterChanged => ErrorKind::Invalid,
            Self::Store(error) => error.kind(),
        }
    }

    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::Gone => "Snapshot expired or unavailable".into(),
            Self::Foreign => "Forbidden".into(),
            Self::FilterChanged => "Snapshot table filter cannot change between pages".into(),
            Self::Store(error) => error.message(),
        }
    }
}
