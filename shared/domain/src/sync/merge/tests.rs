use super::*;
use crate::sync::{ErrorCode, Fingerprint};

const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);

fn op(operation: Operation, pk: &str, clock: i64, op_id: &str) -> Op {
    Op {
        table: Table::Kv,
        operation,
        pk: pk.to_owned(),
        payload: (operation == Operation::Put).then(|| format!(r#"{{"id":"{pk}","n":{clock}}}"#)),
        revision: Revision {
            clock,
            hlc: "h".to_owned(),
            op_id: op_id.to_owned(),
        },
        device_id: "dev".to_owned(),
        fingerprint: Fingerprint([0; 16]),
    }
}

fn put(pk: &str, clock: i64, op_id: &str) -> Op {
    op(Operation::Put, pk, clock, op_id)
}

fn delete(pk: &str, clock: i64, op_id: &str) -> Op {
    op(Operation::Delete, pk, clock, op_id)
}

fn user() -> UserId {
    UserId::new("alice")
}

fn on_nothing(ops: &[Op]) -> Merged {
    let standings = vec![Standing::default(); ops.len()];
    merge(ops, standings, 10, &user(), NOW)
}

fn winner_of(outcome: &Outcome) -> Option<&Winner> {
    match outcome {
        Outcome::Accepted { lost_to, .. } => lost_to.as_deref(),
        Outcome::Refused(refusal) => panic!("refused: {refusal:?}"),
    }
}

fn told(winner: &Winner) -> &str {
    winner.payload.as_deref().expect("a payload")
}

fn code_of(outcome: &Outcome) -> Option<ErrorCode> {
    match outcome {
        Outcome::Refused(refusal) => Some(refusal.code),
        Outcome::Accepted { .. } => None,
    }
}

fn notification(operation: Operation, owner: Option<&str>) -> (Op, Standing) {
    let op = Op {
        table: Table::Notifications,
        ..op(operation, "no-1", 2, "b")
    };
    let row = owner.map(|owner| Current {
        revision: put("no-1", 1, "a").revision,
        deleted_at: None,
        owner: Some(UserId::new(owner)),
        content: Content::Nothing,
    });
    (
        op,
        Standing {
            processed: None,
            row,
        },
    )
}

#[test]
fn each_op_meets_the_state_that_the_ones_before_it_left() {
    let merged = on_nothing(&[put("k", 2, "a"), put("k", 1, "b"), put("k", 3, "c")]);
    assert_eq!(merged.head, 13);
    assert_eq!(winner_of(&merged.outcomes[0]), None);
    let winner = winner_of(&merged.outcomes[1]).expect("the first op stands");
    assert_eq!(
        (winner.revision.clock, told(winner)),
        (2, r#"{"id":"k","n":2}"#)
    );
    assert_eq!(winner_of(&merged.outcomes[2]), None);
}

#[test]
fn losers_take_versions_too() {
    let merged = on_nothing(&[put("k", 2, "a"), put("k", 1, "b")]);
    let versions = merged.outcomes.iter().map(|outcome| match outcome {
        Outcome::Accepted { version, .. } => *version,
        Outcome::Refused(_) => 0,
    });
    assert_eq!(versions.collect::<Vec<_>>(), [11, 12]);
}

#[test]
fn a_loser_against_a_delete_gets_the_last_payload_marked_deleted() {
    let merged = on_nothing(&[put("k", 1, "a"), delete("k", 3, "b"), put("k", 2, "c")]);
    let winner = winner_of(&merged.outcomes[2]).expect("the delete stands");
    assert_eq!(winner.deleted_at, Some(NOW));
    assert_eq!(told(winner), r#"{"id":"k","n":1,"deleted":true}"#);
}

#[test]
fn a_loser_against_a_delete_of_an_unknown_key_gets_the_key() {
    let merged = on_nothing(&[delete("k", 3, "b"), put("k", 2, "c")]);
    let winner = winner_of(&merged.outcomes[1]).expect("the delete stands");
    assert_eq!(told(winner), r#"{"id":"k","deleted":true}"#);
}

#[test]
fn a_newer_put_revives_a_deleted_row() {
    let merged = on_nothing(&[delete("k", 1, "a"), put("k", 2, "b"), put("k", 1, "0")]);
    assert_eq!(winner_of(&merged.outcomes[1]), None);
    let winner = winner_of(&merged.outcomes[2]).expect("the put stands");
    assert_eq!(
        (winner.deleted_at, told(winner)),
        (None, r#"{"id":"k","n":2}"#)
    );
}

#[test]
fn a_replay_keeps_its_version_and_learns_who_overtook_it() {
    let old = put("k", 1, "a");
    let standing = Standing {
        processed: Some(Processed {
            version: 4,
            same: true,
        }),
        row: Some(Current {
            revision: put("k", 2, "b").revision,
            deleted_at: None,
            owner: None,
            content: Content::Payload("{\"now\":1}".to_owned()),
        }),
    };
    let merged = merge(&[old], vec![standing], 10, &user(), NOW);
    assert_eq!(merged.head, 10);
    let Outcome::Accepted {
        version: 4,
        replayed: true,
        lost_to: Some(winner),
    } = &merged.outcomes[0]
    else {
        panic!("{:?}", merged.outcomes);
    };
    assert_eq!(told(winner), "{\"now\":1}");
}

/// The payload that each loser is told of a row, deleted or not, that was written at clock 5.
fn learnt(deleted_at: Option<Timestamp>, batch: &[(Op, Content)]) -> Vec<Option<String>> {
    let standing = |(_, content): &(Op, Content)| Standing {
        processed: None,
        row: Some(Current {
            revision: put("k", 5, "a").revision,
            deleted_at,
            owner: None,
            content: content.clone(),
        }),
    };
    let standings = batch.iter().map(standing).collect();
    let ops: Vec<_> = batch.iter().map(|(op, _)| op.clone()).collect();
    let merged = merge(&ops, standings, 10, &user(), NOW);
    let winners = merged.outcomes.iter().filter_map(winner_of);
    winners.map(|winner| winner.payload.clone()).collect()
}

#[test]
fn a_payload_that_was_left_out_is_not_taken_for_none() {
    for deleted_at in [None, Some(NOW)] {
        let lost = learnt(deleted_at, &[(put("k", 1, "b"), Content::LeftOut)]);
        assert_eq!(lost, [None], "{deleted_at:?}");
        let lost = learnt(deleted_at, &[(put("k", 1, "b"), Content::Nothing)]);
        assert!(matches!(&lost[..], [Some(_)]), "{lost:?}");
    }
    let around_a_delete = [
        (put("k", 1, "b"), Content::LeftOut),
        (delete("k", 9, "c"), Content::Nothing),
        (put("k", 7, "d"), Content::Nothing),
    ];
    assert_eq!(learnt(None, &around_a_delete), [None, None]);
}

#[test]
fn one_op_of_several_on_a_row_brings_the_payload_for_all() {
    let payload = || Content::Payload("{\"n\":5}".to_owned());
    let orders = [
        [payload(), Content::LeftOut],
        [Content::LeftOut, payload()],
        [Content::Nothing, payload()],
    ];
    for [first, second] in orders {
        let lost = learnt(
            None,
            &[(put("k", 1, "b"), first), (put("k", 2, "c"), second)],
        );
        let told = Some("{\"n\":5}".to_owned());
        assert_eq!(lost, [told.clone(), told]);
    }
}

#[test]
fn an_op_id_that_stands_for_another_op_is_a_conflict_without_version() {
    let standing = Standing {
        processed: Some(Processed {
            version: 4,
            same: false,
        }),
        row: None,
    };
    let merged = merge(&[put("k", 1, "a")], vec![standing], 10, &user(), NOW);
    assert_eq!(
        (code_of(&merged.outcomes[0]), merged.head),
        (Some(ErrorCode::Conflict), 10)
    );
}

#[test]
fn only_the_owner_writes_or_deletes_a_notification_that_exists() {
    let cases = [
        (Operation::Delete, None, Some(ErrorCode::Unauthorized)),
        (
            Operation::Delete,
            Some("bob"),
            Some(ErrorCode::Unauthorized),
        ),
        (Operation::Delete, Some("alice"), None),
        (Operation::Put, None, None),
        (Operation::Put, Some("bob"), Some(ErrorCode::Unauthorized)),
        (Operation::Put, Some("alice"), None),
    ];
    for (operation, owner, code) in cases {
        let (op, standing) = notification(operation, owner);
        let merged = merge(&[op], vec![standing], 0, &user(), NOW);
        assert_eq!(
            code_of(&merged.outcomes[0]),
            code,
            "{operation:?} {owner:?}"
        );
    }
}

#[test]
fn a_reused_id_on_a_foreign_notification_is_a_conflict_for_puts_and_foreign_for_deletes() {
    for (operation, code) in [
        (Operation::Put, ErrorCode::Conflict),
        (Operation::Delete, ErrorCode::Unauthorized),
    ] {
        let (op, standing) = notification(operation, Some("bob"));
        let standing = Standing {
            processed: Some(Processed {
                version: 1,
                same: false,
            }),
            ..standing
        };
        let merged = merge(&[op], vec![standing], 1, &user(), NOW);
        assert_eq!(code_of(&merged.outcomes[0]), Some(code));
    }
}

#[test]
fn a_clock_may_not_run_away_from_its_row() {
    let row = |clock| Standing {
        processed: None,
        row: Some(Current {
            revision: put("k", clock, "a").revision,
            deleted_at: None,
            owner: None,
            content: Content::Nothing,
        }),
    };
    let cases = [
        (FREE_CLOCK, Standing::default(), None),
        (
            FREE_CLOCK + 1,
            Standing::default(),
            Some(ErrorCode::ValidationError),
        ),
        (FREE_CLOCK + 1, row(FREE_CLOCK), None),
        (FREE_CLOCK + CLOCK_JUMP, row(FREE_CLOCK), None),
        (
            FREE_CLOCK + CLOCK_JUMP + 1,
            row(FREE_CLOCK),
            Some(ErrorCode::ValidationError),
        ),
        ((1 << 53) - 1, row(1), Some(ErrorCode::ValidationError)),
    ];
    for (clock, standing, code) in cases {
        let merged = merge(&[put("k", clock, "b")], vec![standing], 0, &user(), NOW);
        assert_eq!(code_of(&merged.outcomes[0]), code, "{clock}");
    }
}

#[test]
fn what_an_op_does_plays_no_part_in_who_wins() {
    let (put, delete) = (Operation::Put, Operation::Delete);
    for kinds in [[put, put], [put, delete], [delete, put], [delete, delete]] {
        let [older, newer] = [op(kinds[0], "k", 1, "a"), op(kinds[1], "k", 2, "b")];
        let merged = on_nothing(&[older.clone(), newer.clone()]);
        assert_eq!(winner_of(&merged.outcomes[1]), None, "{kinds:?}");
        let merged = on_nothing(&[newer, older]);
        let winner = winner_of(&merged.outcomes[1]).expect("a winner");
        assert_eq!(winner.revision.clock, 2, "{kinds:?}");
        assert_eq!(winner.deleted_at.is_some(), kinds[1] == delete);
    }
}
