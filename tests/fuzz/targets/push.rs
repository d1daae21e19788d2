//! A push (sync contract, 6): whatever JSON comes, every op has one result, and an op that gets past
//! the first looks is one that a store can keep: bounded, compact, and the same when it comes again.
//!
//! The input is a list of ops, or one op.

#![no_main]

use libfuzzer_sys::fuzz_target;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::sync::json::{Json, Kind, compact};
use or3_domain::sync::{Author, MAX_OPS, MAX_PAYLOAD, Op, Outcome, PushPlan};

fuzz_target!(|input: &[u8]| {
    let Some(body) = Json::parse(input) else {
        return;
    };
    let ops: Vec<_> = match body.kind() {
        Kind::Array => body.elements().take(MAX_OPS).collect(),
        _ => vec![body],
    };
    let plan = plan_of(&ops);
    plan.ops().iter().for_each(keepable);
    let again = plan_of(&ops);
    assert_eq!(plan.ops(), again.ops());
    let accepted = Outcome::Accepted {
        version: 1,
        replayed: false,
        lost_to: None,
    };
    let outcomes = vec![accepted; plan.ops().len()];
    let results = plan.results(&outcomes);
    assert_eq!(results.len(), ops.len());
    assert!(results.iter().all(|result| !result.op_id.is_empty()));
});

fn plan_of(ops: &[Json<'_>]) -> PushPlan {
    let (user, workspace) = (UserId::new("user"), WorkspaceId::new("workspace"));
    let author = Author {
        user: &user,
        workspace: &workspace,
    };
    PushPlan::of(ops.iter().copied(), author)
}

fn keepable(op: &Op) {
    assert!((1..=1024).contains(&op.pk.encode_utf16().count()) && !op.pk.contains('\0'));
    assert_eq!(op.revision.op_id.len(), 36);
    assert!(op.revision.clock >= 0);
    if let Some(payload) = &op.payload {
        assert!(payload.len() <= MAX_PAYLOAD);
        let value = Json::parse(payload.as_bytes()).expect("a kept payload is JSON");
        assert_eq!(compact(value).text, *payload);
    }
}
