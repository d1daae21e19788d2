//! The port behind which the audit trail lives.

use async_trait::async_trait;

use super::action::Action;
use super::chain::Link;
use super::entry::{Entry, NewEntry};
use crate::store::StoreError;

/// Where the chain begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last entry whose time was over; the first that is there comes behind it.
    pub base_seq: i64,
    /// Its link.
    pub base_link: Link,
    /// The last entry that is sealed.
    pub head_seq: i64,
    /// Its link.
    pub head_link: Link,
}

/// What sealing came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// How many entries got their links by this call.
    pub entries: u32,
    /// Whether there may be more.
    pub more: bool,
}

/// The audit trail. What other ports change, they write down themselves, in the transaction of the
/// change.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Writes an entry down that belongs to no change of another port, in one round trip. Of those
    /// that anybody can cause only a thousand an hour are; more change nothing.
    async fn append(&self, entry: &NewEntry) -> Result<(), StoreError>;

    /// Gives the next entries without a link, at most `at_most`, their links: two round trips, or
    /// one where there are none. Of several calls at once, in any number of processes, one does;
    /// the others change nothing.
    async fn seal(&self, at_most: u32) -> Result<Sealed, StoreError>;

    /// Where the chain begins and ends.
    async fn head(&self) -> Result<Head, StoreError>;

    /// At most `limit` entries before the entry `before`, the newest first, those of `action` if one
    /// is named.
    async fn newest(
        &self,
        before: Option<i64>,
        action: Option<Action>,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError>;

    /// At most `limit` entries behind the entry `after`, the oldest first.
    async fn oldest(&self, after: i64, limit: u32) -> Result<Vec<Entry>, StoreError>;
}
