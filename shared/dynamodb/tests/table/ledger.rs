use std::time::Duration;

use or3_domain::clock::Timestamp;
use or3_domain::gc::{Ended, Kind, LEASE, Run, Source};
use or3_testkit::{DynamoDbServer, Fate};

use crate::{on_a_table, settings};

const MONTH: Duration = Duration::from_hours(30 * 24);

on_a_table! {
    or3_testkit::gc_ledger_suite, |settings| or3_dynamodb::gc_ledger(&settings, MONTH);
    a_kind_is_held_by_one_run,
    a_kind_that_was_given_back_goes_on_where_it_stopped,
    a_dead_run_is_followed_where_it_was_heard_of_last,
    runs_are_listed_with_what_they_said,
    pages_of_runs_leave_none_out,
    runs_that_begin_at_once_share_no_kind,
}

/// A process may die when it has taken the leases of a dead one and not yet written that down.
#[tokio::test(flavor = "multi_thread")]
async fn a_dead_run_is_written_down_although_the_next_one_dies_in_the_middle() {
    let Some(server) = DynamoDbServer::start().await else {
        return;
    };
    let ledger = or3_dynamodb::gc_ledger(&settings(&server), MONTH).expect("a ledger");
    let begin = async |id: &str, now: Timestamp| {
        let run = Run::new(id.to_owned(), Source::Schedule, false, now);
        let (until, died) = (now.plus(LEASE), now.minus(LEASE));
        ledger.begin(&run, &[], until, died).await.map(drop)
    };
    let now = Timestamp::from_seconds(1_767_225_600);
    begin("a", now).await.expect("begun");
    let later = now.plus(LEASE + Duration::from_secs(1));
    // The look and the change of the leases get through, and nothing after them.
    let fates = [Fate::Pass, Fate::Pass, Fate::Status(403)];
    server.relay().next(fates);
    assert!(begin("b", later).await.is_err());
    begin("c", later).await.expect("begun");
    let listed = ledger.list(None, 9).await.expect("listed");
    let ends: Vec<_> = listed.iter().map(|run| (&*run.id, run.ended)).collect();
    assert_eq!(ends, [("c", Ended::Running), ("a", Ended::Died)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_whose_answer_is_lost_is_held() {
    let Some(server) = DynamoDbServer::start().await else {
        return;
    };
    let ledger = or3_dynamodb::gc_ledger(&settings(&server), MONTH).expect("a ledger");
    let now = Timestamp::from_seconds(1_767_225_600);
    let run = Run::new("a".to_owned(), Source::Schedule, false, now);
    // The look, the change of the leases, the record.
    server
        .relay()
        .next([Fate::Pass, Fate::LoseAnswer, Fate::LoseAnswer]);
    let kinds = [Kind::Sessions];
    let begun = ledger
        .begin(&run, &kinds, now.plus(LEASE), now.minus(LEASE))
        .await;
    let begun: Vec<_> = begun
        .expect("begun")
        .into_iter()
        .map(|one| one.kind)
        .collect();
    assert_eq!(begun, kinds);
    assert_eq!(ledger.list(None, 9).await.expect("listed"), [run]);
}
