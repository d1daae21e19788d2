use std::sync::Arc;

use futures_util::future::join_all;
use or3_domain::clock::Timestamp;
use or3_domain::limits::{Admission, Policy, RateLimiter};
use or3_testkit::{DynamoDbServer, Fate};

use crate::{on_a_table, settings};

on_a_table! {
    or3_testkit::rate_limiter_suite, |settings| or3_dynamodb::rate_limiter(&settings);
    a_budget_counts_down_and_is_then_used_up,
    a_request_leaves_when_it_is_as_old_as_the_window,
    refused_requests_do_not_extend_the_wait,
    requests_of_one_millisecond_all_count,
    subjects_and_policies_have_budgets_of_their_own,
    a_lowered_limit_waits_for_enough_requests_to_leave,
    a_budget_of_one_is_a_cooldown,
    a_refund_takes_back_one_request_of_its_time,
    clearing_a_budget_makes_it_whole,
    requests_that_arrive_together_never_exceed_the_limit,
}

const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);
const TEN: Policy = Policy::per_minute("test:ten", 10);

async fn ask(limiter: &Arc<dyn RateLimiter>, now: Timestamp) -> Admission {
    let asked = limiter.admit("ada", &TEN, now).await;
    asked.unwrap_or_else(|error| panic!("{error}"))
}

fn is_in(admission: &Admission) -> bool {
    matches!(admission, Admission::Admitted { .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_processes_at_once_never_count_fewer_than_they_let_through() {
    let Some(server) = DynamoDbServer::start().await else {
        return;
    };
    let limiter = || or3_dynamodb::rate_limiter(&settings(&server)).expect("a limiter");
    let processes: Vec<_> = (0..10).map(|_| limiter()).collect();
    // Twice: in an empty window, and in one that is full of requests that are over.
    for now in [NOW, NOW.plus(TEN.window)] {
        let three = |limiter| async move {
            let asked = [ask(limiter, now).await, ask(limiter, now).await];
            asked.into_iter().filter(is_in).count()
        };
        let let_in: usize = join_all(processes.iter().map(three)).await.iter().sum();
        assert_eq!(let_in, 10, "of twenty");
        assert!(!is_in(&ask(&processes[0], now).await));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_answer_is_lost_counts_once() {
    let Some(server) = DynamoDbServer::start().await else {
        return;
    };
    let limiter = or3_dynamodb::rate_limiter(&settings(&server)).expect("a limiter");
    server.relay().next([Fate::LoseAnswer]);
    let first = ask(&limiter, NOW).await;
    let remaining_before = 10;
    assert_eq!(first, Admission::Admitted { remaining_before });
    let second = ask(&limiter, NOW).await;
    let remaining_before = 9;
    assert_eq!(second, Admission::Admitted { remaining_before });
}

#[tokio::test(flavor = "multi_thread")]
async fn counting_a_request_is_one_round_trip() {
    let Some(server) = DynamoDbServer::start().await else {
        return;
    };
    let limiter = or3_dynamodb::rate_limiter(&settings(&server)).expect("a limiter");
    let before = server.relay().requests();
    for _ in 0..11 {
        ask(&limiter, NOW).await;
    }
    assert_eq!(
        server.relay().requests() - before,
        11,
        "the refusal included"
    );
    assert!(is_in(&ask(&limiter, NOW.plus(TEN.window)).await));
    let forgetting = server.relay().requests() - before - 11;
    assert_eq!(forgetting, 2, "a full item is cleared on the way");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_of_any_length_has_a_budget() {
    let Some(server) = DynamoDbServer::start().await else {
        return;
    };
    let limiter = or3_dynamodb::rate_limiter(&settings(&server)).expect("a limiter");
    for last in ["a", "b"] {
        let subject = "x".repeat(5000) + last;
        let asked = limiter.admit(&subject, &TEN, NOW).await.expect("counted");
        let remaining_before = 10;
        assert_eq!(asked, Admission::Admitted { remaining_before });
    }
}
