//! Operations as a client stamps them.

use or3_domain::clock::{Clock, SystemClock};
use or3_domain::ids::{Ids, SystemIds};
use serde_json::{Value, json};

/// A device that writes: its id and the counter of its stamps.
pub struct Writer {
    device: String,
    clock: u64,
}

impl Default for Writer {
    fn default() -> Self {
        Self {
            device: SystemIds.uuid(),
            clock: 0,
        }
    }
}

impl Writer {
    /// A put of one row; `payload` is the row without what every row has.
    pub fn put(&mut self, table: &str, key: &str, payload: &Value) -> Value {
        let seconds = SystemClock.now().seconds();
        let mut row = json!({
            "deleted": false, "created_at": seconds, "updated_at": seconds, "clock": self.clock + 1,
        });
        for (name, value) in payload.as_object().into_iter().flatten() {
            row[name] = value.clone();
        }
        self.op("put", table, key, &row)
    }

    /// The removal of one row for good.
    pub fn delete(&mut self, table: &str, key: &str) -> Value {
        let seconds = SystemClock.now().seconds();
        let row = json!({ "id": key, "deleted": true, "deleted_at": seconds });
        self.op("delete", table, key, &row)
    }

    /// A thread.
    pub fn thread(&mut self, id: &str, title: &str) -> Value {
        let row = json!({ "id": id, "title": title, "status": "ready", "pinned": false });
        self.put("threads", id, &row)
    }

    /// A message of `thread` at `index`.
    pub fn message(&mut self, thread: &str, index: u32, content: &str) -> Value {
        let id = SystemIds.uuid();
        let row = json!({
            "id": id, "thread_id": thread, "role": "user", "index": index,
            "order_key": format!("{index:013}:0000:{}", self.device),
            "data": { "content": content },
        });
        self.put("messages", &id, &row)
    }

    fn op(&mut self, operation: &str, table: &str, key: &str, payload: &Value) -> Value {
        self.clock += 1;
        let now = SystemClock.now();
        json!({
            "id": SystemIds.uuid(), "tableName": table, "operation": operation, "pk": key,
            "payload": payload,
            "stamp": {
                "deviceId": self.device, "opId": SystemIds.uuid(), "clock": self.clock,
                "hlc": format!("{:013}:{:04}:{}", now.millis(), self.clock, self.device),
            },
            "createdAt": now.seconds(), "attempts": 0, "status": "pending",
        })
    }
}
