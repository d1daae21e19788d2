//! What the history was, and what follows from it: plain maps, last writer wins.

use std::collections::BTreeMap;

use or3_domain::clock::Timestamp;
use or3_domain::storage::ContentHash;
use or3_domain::sync::{Change, Op, Operation, Table};

/// (table, key)
pub(crate) type Key = (u8, String);

/// A row as a client has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Clock and op id; all other parts of revisions are equal here.
    pub(crate) revision: (i64, String),
    /// What it holds; nothing when it was deleted.
    pub(crate) payload: Option<String>,
}

pub(crate) type Rows = BTreeMap<Key, Row>;

pub(crate) fn apply(rows: &mut Rows, key: Key, row: Row) {
    let stands = rows
        .get(&key)
        .is_some_and(|known| known.revision >= row.revision);
    if !stands {
        rows.insert(key, row);
    }
}

pub(crate) fn of_change(change: &Change) -> (Key, Row) {
    let key = (change.table.code(), change.pk.clone());
    let revision = (change.revision.clock, change.revision.op_id.clone());
    let alive = change.operation == Operation::Put;
    let payload = change.payload.clone().filter(|_| alive);
    (key, Row { revision, payload })
}

/// The whole log, in the order of versions, with the moments of its entries.
#[derive(Default)]
pub(crate) struct Log(pub(crate) Vec<(Op, Timestamp)>);

impl Log {
    pub(crate) fn head(&self) -> usize {
        self.0.len()
    }

    /// The state after the first `version` entries.
    pub(crate) fn at(&self, version: usize) -> Rows {
        let mut rows = Rows::new();
        for (op, _) in &self.0[..version] {
            let key = (op.table.code(), op.pk.clone());
            let revision = (op.revision.clock, op.revision.op_id.clone());
            let payload = op.payload.clone();
            apply(&mut rows, key, Row { revision, payload });
        }
        rows
    }

    /// Whether a live row is of this file, or mentions it.
    pub(crate) fn needs(&self, hash: ContentHash) -> bool {
        let hex = hash.hex();
        self.at(self.head()).iter().any(|((table, pk), row)| {
            let payload = row.payload.as_deref();
            if *table == Table::FileMeta.code() {
                payload.is_some() && pk.contains(&hex)
            } else {
                payload.is_some_and(|payload| payload.to_lowercase().contains(&hex))
            }
        })
    }

    /// When the file's row was removed last, if that is what stands.
    pub(crate) fn removed_at(&self, hash: ContentHash) -> Option<Timestamp> {
        let key = (Table::FileMeta.code(), hash.to_string());
        let row = self.at(self.head()).remove(&key)?;
        let removed = row.payload.is_none();
        let entry = self
            .0
            .iter()
            .find(|(op, _)| op.revision.op_id == row.revision.1);
        entry.filter(|_| removed).map(|(_, at)| *at)
    }
}
