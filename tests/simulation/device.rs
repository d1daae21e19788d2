//! A device: a copy of its workspace, edits that wait, a cursor.

use std::collections::BTreeMap;

use fastrand::Rng;
use or3_domain::sync::{Operation, Revision, Table};
use serde_json::{Value, json};

use crate::edit::{self, Edit, Key};
use crate::fleet::Request;
use crate::sighting::{Chain, Page};

/// What a client knows of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generation {
    /// February 2026: knows the log only and ignores what it is told of retention and winners.
    Log,
    /// August 2026: starts from a snapshot, takes another when it is told to, adopts winners.
    Snapshot,
}

/// The state of a row in the local copy; no payload means deleted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Local {
    pub(crate) revision: Revision,
    pub(crate) payload: Option<Value>,
}

/// An edit that no answer has settled yet.
struct Waiting {
    edit: Edit,
    /// It may have arrived: from now on it is repeated as it is.
    sent: bool,
}

pub(crate) struct Device {
    pub(crate) name: String,
    pub(crate) user: String,
    pub(crate) workspace: String,
    pub(crate) may_write: bool,
    pub(crate) generation: Generation,
    pub(crate) online: bool,
    pub(crate) rows: BTreeMap<Key, Local>,
    pub(crate) cursor: i64,
    /// The snapshot that is being read.
    pub(crate) chain: Option<Chain>,
    /// The cursor was never set: a new copy, or one that must be made anew.
    pub(crate) needs_snapshot: bool,
    outbox: Vec<Waiting>,
    /// How far the device's clock is off, in milliseconds.
    skew: i64,
}

impl Device {
    pub(crate) fn new(
        (name, user, workspace): (String, &str, &str),
        may_write: bool,
        rng: &mut Rng,
    ) -> Self {
        let generation = if rng.bool() {
            Generation::Log
        } else {
            Generation::Snapshot
        };
        Self {
            name,
            user: user.to_owned(),
            workspace: workspace.to_owned(),
            may_write,
            generation,
            online: true,
            rows: BTreeMap::new(),
            cursor: 0,
            chain: None,
            needs_snapshot: generation == Generation::Snapshot,
            outbox: Vec::new(),
            skew: rng.i64(-20_000..20_000),
        }
    }

    /// Changes a row in the local copy and queues the edit: a put, a delete, or a put over a
    /// delete.
    pub(crate) fn edit(&mut self, now: i64, rng: &mut Rng) {
        let key = Key::any(rng, &self.user);
        let delete = self.may_delete(&key) && rng.u8(..4) == 0;
        let revision = self.next_revision(&key, now, rng);
        let (user, workspace) = (&self.user, &self.workspace);
        let (operation, payload) = if delete {
            let gone = json!({ key.table.key_member(): key.pk, "deleted": true, "deleted_at": 3 });
            (Operation::Delete, rng.bool().then_some(gone))
        } else {
            let payload = edit::payload(&key, user, workspace, revision.clock, rng);
            (Operation::Put, Some(payload))
        };
        let edit = Edit {
            key,
            operation,
            payload,
            revision,
            device: self.name.clone(),
            user: self.user.clone(),
        };
        // What was never sent is replaced; what may have arrived must be settled.
        self.outbox
            .retain(|waiting| waiting.sent || waiting.edit.key != edit.key);
        self.adopt(&edit);
        self.outbox.push(Waiting { edit, sent: false });
    }

    /// Live rows can be deleted; a notification only when the server surely has it (sync
    /// contract, 10).
    fn may_delete(&self, key: &Key) -> bool {
        let live = |row: &Local| row.payload.is_some();
        let queued = || self.outbox.iter().any(|waiting| waiting.edit.key == *key);
        self.rows.get(key).is_some_and(live) && (key.table != Table::Notifications || !queued())
    }

    /// One more than the row's clock, at a coarse time and sometimes in a shared name, so that
    /// every part of the comparison decides some day.
    fn next_revision(&self, key: &Key, now: i64, rng: &mut Rng) -> Revision {
        let clock = self.rows.get(key).map_or(0, |row| row.revision.clock) + 1;
        let millis = (now + self.skew) / 10_000 * 10_000;
        let node = if rng.bool() { "node" } else { &self.name };
        Revision {
            clock,
            hlc: edit::hlc(millis, 0, node),
            op_id: edit::op_id(rng),
        }
    }

    pub(crate) fn has_edits(&self) -> bool {
        !self.outbox.is_empty()
    }

    /// Some of the waiting edits, in any order, and the push that carries them.
    pub(crate) fn push(&mut self, rng: &mut Rng) -> (Vec<Edit>, Request) {
        rng.shuffle(&mut self.outbox);
        let count = rng.usize(1..=self.outbox.len().min(8));
        let batch = &mut self.outbox[..count];
        for waiting in &mut *batch {
            waiting.sent = true;
        }
        let edits: Vec<_> = batch.iter().map(|waiting| waiting.edit.clone()).collect();
        let request = self.request("/api/sync/push", json!({ "ops": ops(&edits) }));
        (edits, request)
    }

    /// Takes a push's answer: what is settled leaves the queue, winners are adopted by those who
    /// know of them.
    pub(crate) fn settle(&mut self, answer: &Value) {
        for result in answer["results"].as_array().into_iter().flatten() {
            let op_id = result["opId"].as_str().unwrap_or_default();
            let place = self
                .outbox
                .iter()
                .position(|waiting| waiting.edit.revision.op_id == op_id);
            // An answer to a repetition may come after all is settled.
            let Some(place) = place else { continue };
            let Waiting { edit, .. } = self.outbox.remove(place);
            let winner = &result["winner"];
            if self.generation == Generation::Snapshot && winner.is_object() {
                let live = winner["kind"] == "put";
                self.merge(
                    edit.key,
                    Local {
                        revision: revision(&winner["revision"]),
                        payload: live.then(|| winner["payload"].clone()),
                    },
                );
            }
        }
    }

    pub(crate) fn pull(&self, limit: u16) -> Request {
        let tables: Vec<_> = Table::ALL.map(Table::name).into();
        let body = json!({ "cursor": self.cursor, "limit": limit, "tables": tables });
        self.request("/api/sync/pull", body)
    }

    /// Takes a page. A device that stops before it has noted the cursor reads the page again.
    pub(crate) fn take(&mut self, page: &Page, stops: bool) {
        if page.requires_snapshot && self.generation == Generation::Snapshot {
            self.needs_snapshot = true;
            return;
        }
        for (_, edit) in &page.changes {
            self.adopt(edit);
        }
        if !stops {
            self.cursor = page.next_cursor;
        }
    }

    /// Replaces the copy by a snapshot and lays the waiting edits over it again.
    pub(crate) fn install(&mut self, chain: &Chain) {
        self.rows.clone_from(&chain.items);
        let waiting: Vec<_> = self
            .outbox
            .iter()
            .map(|waiting| waiting.edit.clone())
            .collect();
        for edit in &waiting {
            self.adopt(edit);
        }
        self.cursor = chain.watermark;
        self.needs_snapshot = false;
    }

    pub(crate) fn request(&self, path: &'static str, mut body: Value) -> Request {
        body["scope"] = json!({ "workspaceId": self.workspace });
        Request {
            token: self.name.clone(),
            path,
            body,
        }
    }

    fn adopt(&mut self, edit: &Edit) {
        let payload = match edit.operation {
            Operation::Put => edit.payload.clone(),
            Operation::Delete => None,
        };
        let revision = edit.revision.clone();
        self.merge(edit.key.clone(), Local { revision, payload });
    }

    /// The client's own rule is the server's.
    fn merge(&mut self, key: Key, row: Local) {
        let known = self.rows.get(&key);
        if known.is_none_or(|known| row.revision.beats(&known.revision)) {
            self.rows.insert(key, row);
        }
    }
}

/// The member `ops` of a push.
pub(crate) fn ops(edits: &[Edit]) -> Vec<Value> {
    edits.iter().map(Edit::json).collect()
}

pub(crate) fn revision(value: &Value) -> Revision {
    let text = |name: &str| value[name].as_str().expect(name).to_owned();
    Revision {
        clock: value["clock"].as_i64().expect("a clock"),
        hlc: text("hlc"),
        op_id: text("opId"),
    }
}
