//! What readers were shown: pages of the log and chains of snapshot pages, as typed values.

use std::collections::BTreeMap;

use or3_domain::sync::{Operation, Table};
use serde_json::Value;

use crate::device::{Local, revision};
use crate::edit::{Edit, Key};

/// A page of a pull, and who got it for what question.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) user: String,
    pub(crate) cursor: i64,
    pub(crate) tables: Vec<Table>,
    pub(crate) changes: Vec<(i64, Edit)>,
    pub(crate) next_cursor: i64,
    pub(crate) has_more: bool,
    pub(crate) oldest_retained: i64,
    pub(crate) requires_snapshot: bool,
}

impl Page {
    /// Reads an answer, and holds what a client checks at once (sync contract, 12.3).
    pub(crate) fn of(user: &str, question: &Value, answer: &Value) -> Self {
        let number = |value: &Value| value.as_i64().expect("a number");
        let changes = answer["changes"].as_array().expect("changes");
        let names = question["tables"].as_array().into_iter().flatten();
        let page = Self {
            user: user.to_owned(),
            cursor: number(&question["cursor"]),
            tables: names
                .filter_map(|name| Table::named(name.as_str()?))
                .collect(),
            changes: changes.iter().map(change).collect(),
            next_cursor: number(&answer["nextCursor"]),
            has_more: answer["hasMore"] == true,
            oldest_retained: number(&answer["oldestRetainedVersion"]),
            requires_snapshot: answer["requiresSnapshot"] == true,
        };
        let versions: Vec<_> = page.changes.iter().map(|(version, _)| *version).collect();
        assert!(
            versions.is_sorted_by(|a, b| a < b),
            "out of order: {versions:?}"
        );
        assert!(versions.iter().all(|version| *version > page.cursor));
        assert!(
            versions
                .last()
                .is_none_or(|version| *version <= page.next_cursor)
        );
        assert!(page.next_cursor >= page.cursor + i64::from(page.has_more));
        assert!(changes.len() <= usize::try_from(number(&question["limit"])).unwrap_or(0));
        assert_eq!(
            page.requires_snapshot,
            page.cursor < page.oldest_retained - 1
        );
        page
    }
}

fn change(value: &Value) -> (i64, Edit) {
    let stamp = &value["stamp"];
    let edit = Edit {
        key: key(value),
        operation: Operation::named(value["op"].as_str().expect("op")).expect("an operation"),
        payload: value.get("payload").cloned(),
        revision: revision(stamp),
        device: stamp["deviceId"].as_str().expect("a device").to_owned(),
        user: String::new(),
    };
    (value["serverVersion"].as_i64().expect("a version"), edit)
}

fn key(value: &Value) -> Key {
    let table = value["tableName"].as_str().expect("a table");
    Key {
        table: Table::named(table).expect(table),
        pk: value["pk"].as_str().expect("a key").to_owned(),
    }
}

/// A snapshot, as far as it has been read.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    pub(crate) id: String,
    pub(crate) watermark: i64,
    pub(crate) items: BTreeMap<Key, Local>,
    /// What leads to the next page; `None` at the end.
    pub(crate) token: Option<String>,
}

impl Chain {
    /// The snapshot after another page: pages go together, and every key comes once, in order
    /// (sync contract, 13).
    pub(crate) fn with(before: Option<Self>, answer: &Value) -> Self {
        let mut chain = Self {
            id: answer["snapshotId"].as_str().expect("an id").to_owned(),
            watermark: answer["highWatermark"].as_i64().expect("a watermark"),
            items: BTreeMap::new(),
            token: answer["nextPageToken"].as_str().map(str::to_owned),
        };
        if let Some(before) = before {
            assert_eq!(
                (&chain.id, chain.watermark),
                (&before.id, before.watermark),
                "a chain is one snapshot"
            );
            assert_ne!(chain.token, before.token, "a chain goes on");
            chain.items = before.items;
        }
        for item in answer["items"].as_array().expect("items") {
            let key = key(item);
            let last = chain.items.last_key_value();
            assert!(last.is_none_or(|(last, _)| *last < key), "{key:?} again");
            let live = item["kind"] == "row";
            let local = Local {
                revision: revision(&item["revision"]),
                payload: live.then(|| item["payload"].clone()),
            };
            chain.items.insert(key, local);
        }
        chain
    }
}
