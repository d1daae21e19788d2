//! Sync: clients write operations to the log of their workspace and read each other's (sync
//! contract). Here are the shapes, the checks that need no store, and the rule by which the last
//! writer wins; the log itself is behind [`SyncStore`].

mod cursor;
mod envelope;
mod intake;
pub mod json;
mod merge;
mod news;
mod op;
mod payload;
mod pull;
mod push;
mod refusal;
mod revision;
mod scope;
mod snapshot;
mod store;
mod table;

pub use cursor::{CursorError, CursorReport, DeviceCursor};
pub use envelope::trimmed_text;
pub use intake::{Author, MAX_PAYLOAD};
pub use merge::{
    CLOCK_JUMP, Content, Current, FREE_CLOCK, Merged, Outcome, Processed, Standing, Winner, merge,
};
pub use news::{Listener, News};
pub use op::{Fingerprint, Op, Operation};
pub use pull::{Change, PullPage, PullRequest};
pub use push::{MAX_OPS, OpResult, PushPlan};
pub use refusal::{ErrorCode, Refusal};
pub use revision::Revision;
pub use scope::scope;
pub use snapshot::{
    ItemKey, ItemState, NextPage, SNAPSHOT_LIFETIME, SnapshotError, SnapshotItem, SnapshotPage,
    SnapshotReader,
};
pub use store::{History, HistoryPiece, HistoryWindow, SyncHeads, SyncHistory, SyncStore};
pub use table::{Table, TableSet};
