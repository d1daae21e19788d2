//! What devices push.

use or3_domain::clock::Clock;
use or3_domain::sync::{Fingerprint, Op, Operation, Revision, Table};

use crate::case::Case;

impl Case {
    pub(crate) async fn push(&mut self) {
        let ops = (0..self.rng.u32(1..4)).map(|_| self.op()).collect();
        self.store(ops).await;
    }

    /// Some file comes to be needed: by a row that is newer than all others.
    pub(crate) async fn refer(&mut self) {
        let (table, pk, payload) = if self.rng.bool() {
            self.file_meta()
        } else {
            self.message()
        };
        let mut op = self.numbered(table, pk, Some(payload));
        op.revision.clock += 4;
        self.store(vec![op]).await;
    }

    async fn store(&mut self, ops: Vec<Op>) {
        let now = self.clock.now();
        let store = self.lab.state.sync_store();
        let pushed = store.push(&self.workspace, &self.user, &ops, now).await;
        pushed.expect("pushed");
        self.log.0.extend(ops.into_iter().map(|op| (op, now)));
    }

    /// Writers are behind, ahead, or level; what they delete may live again.
    fn op(&mut self) -> Op {
        let (table, pk, payload) = match self.rng.u32(0..4) {
            0 | 1 => self.value(),
            2 => self.file_meta(),
            _ => self.message(),
        };
        let put = self.rng.u32(0..3) > 0;
        self.numbered(table, pk, Some(payload).filter(|_| put))
    }

    fn value(&mut self) -> (Table, String, String) {
        let pk = format!("k{}", self.rng.u32(0..3));
        (Table::Kv, pk, format!(r#"{{"n":{}}}"#, self.ops))
    }

    fn file_meta(&mut self) -> (Table, String, String) {
        let (hash, trash) = (self.hash(), self.rng.bool());
        let payload = format!(r#"{{"hash":"{hash}","deleted":{trash},"n":{}}}"#, self.ops);
        (Table::FileMeta, hash.to_string(), payload)
    }

    fn message(&mut self) -> (Table, String, String) {
        let pk = format!("m{}", self.rng.u32(0..4));
        let hash = self.hash().to_string();
        let named = if self.rng.bool() {
            hash.to_uppercase()
        } else {
            hash
        };
        let payload = format!(r#"{{"file_hashes":"[\"{named}\"]"}}"#);
        (Table::Messages, pk, payload)
    }

    /// The next op: a put of `payload`, or without one a delete.
    fn numbered(&mut self, table: Table, pk: String, payload: Option<String>) -> Op {
        self.ops += 1;
        let operation = match payload {
            Some(_) => Operation::Put,
            None => Operation::Delete,
        };
        Op {
            table,
            operation,
            pk,
            payload,
            revision: Revision {
                clock: i64::from(self.ops / 2 + self.rng.u32(0..4)),
                hlc: "h".to_owned(),
                op_id: format!("{:08x}-0000-4000-8000-{:012}", self.seed, self.ops),
            },
            device_id: "dev".to_owned(),
            fingerprint: Fingerprint([0; 16]),
        }
    }
}
