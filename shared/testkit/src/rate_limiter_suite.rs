//! What every [`RateLimiter`] does (sync contract, 3.6), one function a fact. Each takes an empty
//! limiter.
#![expect(
    clippy::missing_panics_doc,
    reason = "a fact that does not hold is a panic"
)]

use std::sync::Arc;
use std::time::Duration;

use or3_domain::clock::Timestamp;
use or3_domain::limits::{Admission, Policy, RateLimiter};

const THREE: Policy = Policy::per_minute("suite:three", 3);
const WINDOW: i64 = 60_000;
const START: i64 = 1_767_225_600_000;

/// A limiter without rows.
pub type Limiter = Arc<dyn RateLimiter>;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(START + millis)
}

async fn ask(limiter: &Limiter, subject: &str, millis: i64) -> Admission {
    let asked = limiter.admit(subject, &THREE, at(millis)).await;
    asked.unwrap_or_else(|error| panic!("{error}"))
}

fn admitted(remaining_before: u32) -> Admission {
    Admission::Admitted { remaining_before }
}

fn refused(millis: u64) -> Admission {
    Admission::Refused {
        retry_after: Duration::from_millis(millis),
    }
}

/// The budget counts down and is then used up until its oldest request leaves the window.
pub async fn a_budget_counts_down_and_is_then_used_up(limiter: Limiter) {
    assert_eq!(ask(&limiter, "ada", 0).await, admitted(3));
    assert_eq!(ask(&limiter, "ada", 10).await, admitted(2));
    assert_eq!(ask(&limiter, "ada", 20).await, admitted(1));
    assert_eq!(ask(&limiter, "ada", 30).await, refused(59_970));
}

/// A request exactly as old as the window has left it, one a millisecond younger has not.
pub async fn a_request_leaves_when_it_is_as_old_as_the_window(limiter: Limiter) {
    for millis in [0, 10, 20] {
        ask(&limiter, "ada", millis).await;
    }
    assert_eq!(ask(&limiter, "ada", WINDOW - 1).await, refused(1));
    assert_eq!(ask(&limiter, "ada", WINDOW).await, admitted(1));
    assert_eq!(ask(&limiter, "ada", WINDOW + 5).await, refused(5));
}

/// Whoever keeps asking waits no longer than whoever does not.
pub async fn refused_requests_do_not_extend_the_wait(limiter: Limiter) {
    for millis in [0, 0, 0, 100, 200, 300] {
        ask(&limiter, "ada", millis).await;
    }
    assert_eq!(ask(&limiter, "ada", WINDOW).await, admitted(3));
}

/// Requests of the same millisecond count one by one.
pub async fn requests_of_one_millisecond_all_count(limiter: Limiter) {
    for remaining in [3, 2, 1] {
        assert_eq!(ask(&limiter, "ada", 0).await, admitted(remaining));
    }
    assert_eq!(ask(&limiter, "ada", 0).await, refused(60_000));
}

/// Neither subjects nor policies share a budget.
pub async fn subjects_and_policies_have_budgets_of_their_own(limiter: Limiter) {
    for _ in 0..3 {
        ask(&limiter, "ada", 0).await;
    }
    assert_eq!(ask(&limiter, "bob", 0).await, admitted(3));
    let other = Policy::per_minute("suite:other", 1);
    let asked = limiter.admit("ada", &other, at(0)).await;
    assert_eq!(asked.unwrap_or_else(|error| panic!("{error}")), admitted(1));
}

/// After a limit was lowered, the wait is until enough requests have left, not only the oldest.
pub async fn a_lowered_limit_waits_for_enough_requests_to_leave(limiter: Limiter) {
    for millis in [0, 10, 20] {
        ask(&limiter, "ada", millis).await;
    }
    let lowered = Policy {
        max_requests: 1,
        ..THREE
    };
    let asked = limiter.admit("ada", &lowered, at(30)).await;
    let asked = asked.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(asked, refused(59_990));
}

/// A budget of one is a cooldown: one in every window, whoever asks in between.
pub async fn a_budget_of_one_is_a_cooldown(limiter: Limiter) {
    let once = Policy {
        name: "suite:once",
        max_requests: 1,
        window: Duration::from_millis(500),
    };
    let ask = async |millis| {
        let asked = limiter.admit("ws", &once, at(millis)).await;
        asked.unwrap_or_else(|error| panic!("{error}"))
    };
    assert_eq!(ask(0).await, admitted(1));
    assert_eq!(ask(1).await, refused(499));
    assert_eq!(ask(499).await, refused(1));
    assert_eq!(ask(500).await, admitted(1));
    assert_eq!(ask(999).await, refused(1));
}

/// A refund makes room for one more; without a counted request it does nothing.
pub async fn a_refund_takes_back_one_request_of_its_time(limiter: Limiter) {
    for _ in 0..3 {
        ask(&limiter, "ada", 0).await;
    }
    for (subject, millis) in [("ada", 1), ("bob", 0), ("ada", 0)] {
        let refund = limiter.refund(subject, &THREE, at(millis)).await;
        refund.unwrap_or_else(|error| panic!("{error}"));
    }
    assert_eq!(ask(&limiter, "ada", 1).await, admitted(1));
    assert_eq!(ask(&limiter, "ada", 1).await, refused(59_999));
}

/// Clearing forgets every request of one subject under one policy; again is fine, and so is
/// clearing nothing.
pub async fn clearing_a_budget_makes_it_whole(limiter: Limiter) {
    for millis in [0, 10, 20] {
        ask(&limiter, "ada", millis).await;
        ask(&limiter, "bob", millis).await;
    }
    for _ in 0..2 {
        let cleared = limiter.clear("ada", &THREE).await;
        cleared.unwrap_or_else(|error| panic!("{error}"));
    }
    assert_eq!(ask(&limiter, "ada", 30).await, admitted(3));
    assert_eq!(ask(&limiter, "ada", 40).await, admitted(2));
    assert_eq!(ask(&limiter, "bob", 30).await, refused(59_970));
}

/// However many requests arrive together, no more than the limit are admitted.
pub async fn requests_that_arrive_together_never_exceed_the_limit(limiter: Limiter) {
    let all = (0..12).map(|_| ask(&limiter, "ada", 0));
    let outcomes = futures_util::future::join_all(all).await;
    let admitted = |outcome: &&Admission| matches!(outcome, Admission::Admitted { .. });
    assert_eq!(outcomes.iter().filter(admitted).count(), 3);
}
