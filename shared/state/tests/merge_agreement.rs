//! The SQL of a push and the merge rule of the domain are the same rule.
//!
//! Random batches go to a real database and to a model that knows nothing but
//! `or3_domain::sync::merge` and `Revision::beats`. Outcomes, log and rows must be equal after
//! every batch.

use std::collections::BTreeMap;

use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::sync::{
    CLOCK_JUMP, Current, FREE_CLOCK, Fingerprint, ItemState, Merged, Op, Operation, Outcome,
    Processed, PullRequest, Revision, SnapshotReader, Standing, Table, TableSet, merge,
};
use or3_settings::{Database, DatabaseUrl};
use or3_state::State;
use or3_testkit::seed_workspace;
use proptest::prelude::*;
use tempfile::TempDir;

const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);
const USERS: [&str; 2] = ["alice", "bob"];
const WORKSPACES: [&str; 2] = ["ws-a", "ws-b"];

/// One push: where, by whom, and what.
#[derive(Clone, Debug)]
struct Batch {
    workspace: usize,
    user: usize,
    ops: Vec<Op>,
}

/// Few keys, clocks and ids, so that everything collides with everything.
fn op() -> impl Strategy<Value = Op> {
    let table = prop_oneof![Just(Table::Kv), Just(Table::Notifications)];
    let hlc = prop_oneof![Just("0a"), Just("0b"), Just("é")];
    let far = prop_oneof![
        Just(FREE_CLOCK),
        Just(FREE_CLOCK + 1),
        Just(FREE_CLOCK + CLOCK_JUMP),
        Just((1 << 53) - 1)
    ];
    let clock = prop_oneof![8 => 0..4_i64, 1 => far];
    (table, any::<bool>(), 0..3_u8, clock, hlc, 0..40_u8).prop_map(
        |(table, delete, key, clock, hlc, id)| {
            let operation = if delete {
                Operation::Delete
            } else {
                Operation::Put
            };
            let pk = format!("k{key}");
            let payload = (!delete).then(|| format!(r#"{{"id":"{pk}","by":{id}}}"#));
            let mut fingerprint = [0; 16];
            fingerprint[0] = id;
            fingerprint[1] = key;
            fingerprint[8..].copy_from_slice(&clock.to_be_bytes());
            fingerprint[2] = u8::from(delete);
            fingerprint[3] = table.code();
            fingerprint[4] = hlc.as_bytes()[1];
            Op {
                table,
                operation,
                pk,
                payload,
                revision: Revision {
                    clock,
                    hlc: hlc.to_owned(),
                    op_id: format!("00000000-0000-4000-8000-{id:012}"),
                },
                device_id: "dev".to_owned(),
                fingerprint: Fingerprint(fingerprint),
            }
        },
    )
}

/// A batch names an op id once: repeated ones are joined before the store sees them.
fn batch() -> impl Strategy<Value = Batch> {
    (0..2_usize, 0..2_usize, prop::collection::vec(op(), 1..12)).prop_map(
        |(workspace, user, mut ops)| {
            let mut seen = std::collections::BTreeSet::new();
            ops.retain(|op| seen.insert(op.revision.op_id.clone()));
            Batch {
                workspace,
                user,
                ops,
            }
        },
    )
}

#[derive(Default)]
struct Model {
    heads: [i64; 2],
    processed: BTreeMap<String, (usize, i64, Fingerprint)>,
    rows: BTreeMap<(usize, Table, String), Current>,
    logs: [Vec<(i64, String)>; 2],
}

impl Model {
    fn push(&mut self, batch: &Batch) -> Merged {
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

    fn standing(&self, workspace: usize, op: &Op) -> Standing {
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

    fn write(&mut self, workspace: usize, op: &Op, version: i64, user: &UserId) {
        let taken = (workspace, version, op.fingerprint);
        self.processed.insert(op.revision.op_id.clone(), taken);
        self.logs[workspace].push((version, op.revision.op_id.clone()));
        let key = (workspace, op.table, op.pk.clone());
        let old = self.rows.get(&key);
        if old.is_some_and(|old| !op.revision.beats(&old.revision)) {
            return;
        }
        let kept = old.and_then(|old| old.payload.clone());
        let current = Current {
            revision: op.revision.clone(),
            deleted_at: (op.operation == Operation::Delete).then_some(NOW),
            owner: (op.table == Table::Notifications).then(|| user.clone()),
            payload: op.payload.clone().or(kept),
        };
        self.rows.insert(key, current);
    }

    /// What a snapshot for `user` shows: key, revision, and the payload of live rows.
    fn items(&self, workspace: usize, user: &str) -> Vec<(String, Revision, Option<String>)> {
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
                let live = current
                    .payload
                    .clone()
                    .filter(|_| current.deleted_at.is_none());
                (
                    format!("{}/{pk}", table.name()),
                    current.revision.clone(),
                    live,
                )
            })
            .collect()
    }
}

struct Real {
    state: State,
    _folder: TempDir,
}

impl Real {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Database {
            url: DatabaseUrl::File(folder.path().join("or3.db")),
            readers: 1,
        };
        State::migrate(&settings, NOW)
            .await
            .expect("an empty database");
        let state = State::open(&settings).expect("a migrated database");
        for workspace in WORKSPACES {
            seed_workspace(&*state.sessions(), workspace).await;
        }
        Self {
            state,
            _folder: folder,
        }
    }

    async fn push(&self, batch: &Batch) -> Merged {
        let workspace = WorkspaceId::new(WORKSPACES[batch.workspace]);
        let user = UserId::new(USERS[batch.user]);
        let store = self.state.sync_store();
        store
            .push(&workspace, &user, &batch.ops, NOW)
            .await
            .expect("a push")
    }

    async fn log(&self, workspace: usize) -> Vec<(i64, String)> {
        let mut log = Vec::new();
        // Both users together see every entry.
        for user in USERS {
            let request = PullRequest {
                workspace: WorkspaceId::new(WORKSPACES[workspace]),
                user: UserId::new(user),
                cursor: 0,
                limit: 1000,
                tables: TableSet::ALL,
                max_bytes: u32::MAX,
            };
            let page = self
                .state
                .sync_store()
                .pull(&request)
                .await
                .expect("a pull");
            log.extend(
                page.changes
                    .into_iter()
                    .map(|change| (change.version, change.revision.op_id)),
            );
        }
        log.sort();
        log.dedup();
        log
    }

    async fn items(
        &self,
        workspace: usize,
        user: &str,
        id: &str,
    ) -> Vec<(String, Revision, Option<String>)> {
        let reader = SnapshotReader {
            workspace: WorkspaceId::new(WORKSPACES[workspace]),
            user: UserId::new(user),
            page_size: 1000,
            max_bytes: u32::MAX,
        };
        let store = self.state.sync_store();
        let page = store
            .start_snapshot(id, &reader, TableSet::ALL, NOW)
            .await
            .expect("a snapshot");
        let item = |item: or3_domain::sync::SnapshotItem| {
            let live = match item.state {
                ItemState::Row(payload) => Some(payload),
                ItemState::Tombstone(_) => None,
            };
            (
                format!("{}/{}", item.key.table.name(), item.key.pk),
                item.revision,
                live,
            )
        };
        page.items.into_iter().map(item).collect()
    }
}

/// What the answer says; payloads of winners may be less than the model knows (sync contract,
/// 8.6: at least the key).
fn told(merged: &Merged) -> Vec<(Outcome, i64)> {
    let plain = |outcome: &Outcome| {
        let mut outcome = outcome.clone();
        if let Outcome::Accepted {
            lost_to: Some(winner),
            ..
        } = &mut outcome
            && winner.deleted_at.is_some()
        {
            winner.payload.clear();
        }
        (outcome, merged.head)
    };
    merged.outcomes.iter().map(plain).collect()
}

async fn agree(batches: &[Batch]) -> Result<(), TestCaseError> {
    let (real, mut model) = (Real::new().await, Model::default());
    for (number, batch) in batches.iter().enumerate() {
        let wanted = model.push(batch);
        let given = real.push(batch).await;
        prop_assert_eq!(told(&given), told(&wanted), "batch {}", number);
        prop_assert_eq!(
            &real.log(batch.workspace).await,
            &model.logs[batch.workspace]
        );
        for user in USERS {
            let given = real
                .items(batch.workspace, user, &format!("{number}-{user}"))
                .await;
            prop_assert_eq!(given, model.items(batch.workspace, user));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sql_and_the_rule_agree_on_any_batches(batches in prop::collection::vec(batch(), 1..8)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(agree(&batches))?;
    }
}
