//! The SQL of a push and the merge rule of the domain are the same rule.
//!
//! Random batches go to a real database and to a model that knows nothing but
//! `or3_domain::sync::merge` and `Revision::beats`. Outcomes, log and rows must be equal after
//! every batch.

mod model;
mod real;

use std::collections::BTreeSet;

use or3_domain::clock::Timestamp;
use or3_domain::sync::{
    CLOCK_JUMP, FREE_CLOCK, Fingerprint, Merged, Op, Operation, Outcome, Revision, Table,
};
use proptest::prelude::*;

use model::Model;
use real::Real;

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
            let mut seen = BTreeSet::new();
            ops.retain(|op| seen.insert(op.revision.op_id.clone()));
            Batch {
                workspace,
                user,
                ops,
            }
        },
    )
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
            && let Some(payload) = &mut winner.payload
        {
            payload.clear();
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
