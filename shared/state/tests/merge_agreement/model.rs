//! A store that knows nothing but the merge rule.

use std::collections::BTreeMap;

use or3_domain::ids::UserId;
use or3_domain::sync::{
    Content, Current, Fingerprint, Merged, Op, Operation, Outcome, Processed, Revision, Standing,
    Table, merge,
};

use crate::{Batch, NOW, USERS};

#[derive(Default)]
pub(crate) struct Model {
    heads: [i64; 2],
    processed: BTreeMap<String, (usize, i64, Fingerprint)>,
    rows: BTreeMap<(usize, Table, String), Current>,
    pub(crate) logs: [Vec<(i64, String)>; 2],
}

impl Model {
    pub(crate) fn push(&mut self, batch: &Batch) -> Merged {
        let user = UserId::new(USERS[batch.user]);
        let standings = batch
            .ops
            .iter()
            .map(|op| self.standing(batch.workspace, op))
            .collect();
        let merged = merge(
            &batch.ops,
            standings,
            self.heads[batch.workspace],
            &user,
            NOW,
        );
        for (op, outcome) in batch.ops.iter().zip(&merged.outcomes) {
            if let Outcome::Accepted {
                version,
                replayed: false,
                ..
            } = outcome
            {
                self.write(batch.workspace, op, *version, &user);
            }
        }
        self.heads[batch.workspace] = merged.head;
        merged
    }

    pub(crate) fn standing(&self, workspace: usize, op: &Op) -> Standing {
        let processed = self.processed.get(&op.revision.op_id);
        let row = self.rows.get(&(workspace, op.table, op.pk.clone()));
        Standing {
            processed: processed.map(|(place, version, fingerprint)| Processed {
                version: *version,
                same: (*place, *fingerprint) == (workspace, op.fingerprint),
            }),
            row: row.cloned(),
        }
    }

    pub(crate) fn write(&mut self, workspace: usize, op: &Op, version: i64, user: &UserId) {
        let taken = (workspace, version, op.fingerprint);
        self.processed.insert(op.revision.op_id.clone(), taken);
        self.logs[workspace].push((version, op.revision.op_id.clone()));
        let key = (workspace, op.table, op.pk.clone());
        let old = self.rows.get(&key);
        if old.is_some_and(|old| !op.revision.beats(&old.revision)) {
            return;
        }
        let kept = old.map(|old| old.content.clone()).unwrap_or_default();
        let current = Current {
            revision: op.revision.clone(),
            deleted_at: (op.operation == Operation::Delete).then_some(NOW),
            owner: (op.table == Table::Notifications).then(|| user.clone()),
            content: op.payload.clone().map_or(kept, Content::Payload),
        };
        self.rows.insert(key, current);
    }

    /// What a snapshot for `user` shows: key, revision, and the payload of live rows.
    pub(crate) fn items(
        &self,
        workspace: usize,
        user: &str,
    ) -> Vec<(String, Revision, Option<String>)> {
        let of_workspace = self
            .rows
            .iter()
            .filter(|((place, ..), _)| *place == workspace);
        let visible = of_workspace.filter(|(_, row)| {
            row.owner
                .as_ref()
                .is_none_or(|owner| owner.as_str() == user)
        });
        visible
            .map(|((_, table, pk), current)| {
                let live = match (&current.content, current.deleted_at) {
                    (Content::Payload(text), None) => Some(text.clone()),
                    _ => None,
                };
                (
                    format!("{}/{pk}", table.name()),
                    current.revision.clone(),
                    live,
                )
            })
            .collect()
    }
}
