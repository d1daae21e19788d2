//! Edits: what a device does to a row, as it goes over the wire.

use fastrand::Rng;
use or3_domain::sync::{Operation, Revision, Table};
use serde_json::{Value, json};

/// Which row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) table: Table,
    pub(crate) pk: String,
}

/// One op, and who made it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Edit {
    pub(crate) key: Key,
    pub(crate) operation: Operation,
    /// Puts have one; deletes may.
    pub(crate) payload: Option<Value>,
    pub(crate) revision: Revision,
    pub(crate) device: String,
    pub(crate) user: String,
}

/// Few rows, so that devices meet on them.
const ROWS_A_TABLE: u8 = 3;

impl Key {
    /// Some row of a workspace. Notifications are rows of one user.
    pub(crate) fn any(rng: &mut Rng, user: &str) -> Self {
        let table = Table::ALL[rng.usize(..Table::ALL.len())];
        let number = rng.u8(..ROWS_A_TABLE);
        let pk = match table {
            Table::Notifications => format!("{user}-{number}"),
            _ => format!("row-{number}"),
        };
        Self { table, pk }
    }
}

impl Edit {
    /// Whether `user` may see it.
    pub(crate) fn is_visible_to(&self, user: &str) -> bool {
        self.key.table != Table::Notifications || self.user == user
    }

    /// The op of a push.
    pub(crate) fn json(&self) -> Value {
        let mut op = json!({
            "id": "queue-1", "tableName": self.key.table.name(), "operation": self.operation.name(),
            "pk": self.key.pk, "createdAt": 1, "attempts": 0, "status": "pending",
            "stamp": {
                "deviceId": self.device, "opId": self.revision.op_id,
                "hlc": self.revision.hlc, "clock": self.revision.clock,
            },
        });
        if let Some(payload) = &self.payload {
            op["payload"] = payload.clone();
        }
        op
    }
}

/// The content of a row: valid for its table, and marked with the workspace that it is for.
pub(crate) fn payload(key: &Key, user: &str, workspace: &str, clock: i64, rng: &mut Rng) -> Value {
    let text: String = (0..rng.usize(..12)).map(|_| rng.alphanumeric()).collect();
    let trashed = rng.u8(..8) == 0;
    let mut payload = json!({
        "workspace_of_origin": workspace, "deleted": trashed,
        "created_at": 1, "updated_at": 2, "clock": clock,
    });
    payload[key.table.key_member()] = json!(key.pk);
    let rest = match key.table {
        Table::FileMeta => json!({ "kind": text }),
        Table::Kv => json!({ "name": "n", "value": text }),
        Table::Messages => json!({
            "thread_id": "row-0", "role": "user", "index": 1, "order_key": "k", "data": { "t": text },
        }),
        Table::Notifications => json!({ "user_id": user, "type": "note", "title": text }),
        Table::Posts => json!({ "title": "t", "content": text, "post_type": "doc" }),
        Table::Projects => json!({ "name": text }),
        Table::Threads => json!({ "title": text, "status": "ready", "pinned": false }),
    };
    for (name, value) in rest.as_object().into_iter().flatten() {
        payload[name] = value.clone();
    }
    payload
}

/// A random UUID of version 4.
pub(crate) fn op_id(rng: &mut Rng) -> String {
    let (a, b) = (rng.u64(..), rng.u64(..));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xFFFF,
        a & 0xFFF,
        b >> 52,
        b & 0xFFFF_FFFF_FFFF
    )
}

/// A hybrid logical clock as clients write it: 9 digits of milliseconds, 3 of a counter, a node.
pub(crate) fn hlc(millis: i64, counter: u16, node: &str) -> String {
    format!("{}:{}:{node}", base36(millis, 9), base36(counter.into(), 3))
}

fn base36(mut number: i64, digits: usize) -> String {
    let mut text = vec![b'0'; digits];
    for digit in text.iter_mut().rev() {
        *digit = b"0123456789abcdefghijklmnopqrstuvwxyz"[usize::try_from(number % 36).unwrap_or(0)];
        number /= 36;
    }
    String::from_utf8(text).expect("digits")
}
