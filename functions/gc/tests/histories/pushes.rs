//! What devices push.

use or3_domain::clock::Clock;
use or3_domain::sync::{Fingerprint, Op, Operation, Revision, Table};

use crate::case::Case;

impl Case {
    pub(crate) async fn push(&mut self) {
        let ops: Vec<_> = (0..self.rng.u32(1..4)).map(|_| self.op()).collect();
        let now = self.clock.now();
        let store = self.lab.state.sync_store();
        let pushed = store.push(&self.workspace, &self.user, &ops, now).await;
        pushed.expect("pushed");
        self.log.0.extend(ops.into_iter().map(|op| (op, now)));
    }

    /// Writers are behind, ahead, or level; what they delete may live again.
    fn op(&mut self) -> Op {
        self.ops += 1;
        let (table, pk, payload) = match self.rng.u32(0..4) {
            0 | 1 => {
                let pk = format!("k{}", self.rng.u32(0..3));
                (Table::Kv, pk, format!(r#"{{"n":{}}}"#, self.ops))
            }
            2 => {
                let (hash, trash) = (self.hash(), self.rng.bool());
                let payload = format!(r#"{{"hash":"{hash}","deleted":{trash},"n":{}}}"#, self.ops);
                (Table::FileMeta, hash.to_string(), payload)
            }
            _ => {
                let pk = format!("m{}", self.rng.u32(0..2));
                let hash = self.hash().to_string();
                let named = if self.rng.bool() {
                    hash.to_uppercase()
                } else {
                    hash
                };
                (
                    Table::Messages,
                    pk,
                    format!(r#"{{"file_hashes":"[\"{named}\"]"}}"#),
                )
            }
        };
        let put = self.rng.u32(0..3) > 0;
        Op {
            table,
            operation: if put {
                Operation::Put
            } else {
                Operation::Delete
            },
            pk,
            payload: Some(payload).filter(|_| put),
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
