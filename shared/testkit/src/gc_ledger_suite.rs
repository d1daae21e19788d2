//! What every [`GcLedger`] does. Each fact takes a ledger that holds nothing.
#![expect(
    clippy::missing_panics_doc,
    reason = "a fact that does not hold is a panic"
)]
#![expect(clippy::expect_used, reason = "so is a ledger that fails")]

use std::sync::Arc;
use std::time::Duration;

use or3_domain::clock::Timestamp;
use or3_domain::gc::{Begun, Ended, GcLedger, Kind, LEASE, Part, Run, Source, Tally};
use or3_domain::ids::{UserId, WorkspaceId};

type Ledger = Arc<dyn GcLedger>;

const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);

fn run(id: &str, now: Timestamp) -> Run {
    Run::new(id.to_owned(), Source::Schedule, false, now)
}

async fn begin(ledger: &Ledger, id: &str, kinds: &[Kind], now: Timestamp) -> Vec<Begun> {
    let (until, died) = (now.plus(LEASE), now.minus(LEASE));
    let begun = ledger.begin(&run(id, now), kinds, until, died).await;
    begun.expect("begun")
}

fn at(kind: Kind, position: Option<&str>) -> (Kind, Option<String>) {
    (kind, position.map(str::to_owned))
}

fn begun(kind: Kind, position: Option<&str>) -> Begun {
    let (kind, position) = at(kind, position);
    Begun { kind, position }
}

/// One run at a time for each kind; others are free.
pub async fn a_kind_is_held_by_one_run(ledger: Ledger) {
    let sessions = [Kind::Sessions];
    let both = [Kind::Sessions, Kind::Invites];
    assert_eq!(
        begin(&ledger, "a", &sessions, NOW).await,
        [begun(Kind::Sessions, None)]
    );
    assert_eq!(
        begin(&ledger, "b", &both, NOW).await,
        [begun(Kind::Invites, None)]
    );
}

/// Who gives a kind back says where the next one goes on.
pub async fn a_kind_that_was_given_back_goes_on_where_it_stopped(ledger: Ledger) {
    let sessions = [Kind::Sessions];
    begin(&ledger, "a", &sessions, NOW).await;
    let mut first = run("a", NOW);
    first.finish(NOW);
    let stopped = [at(Kind::Sessions, Some("here"))];
    ledger.finish(&first, &stopped).await.expect("ended");
    assert_eq!(
        begin(&ledger, "b", &sessions, NOW).await,
        [begun(Kind::Sessions, Some("here"))]
    );
}

/// A run that is not heard of for as long as its lease lasts is followed by another one, which
/// goes on where it was heard of last; it is written down as dead, and what it says later changes
/// nothing.
pub async fn a_dead_run_is_followed_where_it_was_heard_of_last(ledger: Ledger) {
    let kinds = [Kind::Sessions, Kind::Invites];
    begin(&ledger, "a", &kinds, NOW).await;
    let later = NOW.plus(Duration::from_secs(30));
    let mut dead = run("a", NOW);
    dead.parts = vec![Part {
        tally: Tally {
            removed: 5,
            bytes: 6,
        },
        ..Part::new(Kind::Sessions)
    }];
    let came = [at(Kind::Sessions, Some("5")), at(Kind::Invites, None)];
    let held = ledger.keep(&dead, &came, later, later.plus(LEASE)).await;
    assert_eq!(held.expect("kept"), [Kind::Invites, Kind::Sessions]);

    let just_before = later.plus(LEASE).minus(Duration::from_millis(1));
    assert_eq!(begin(&ledger, "b", &kinds, just_before).await, []);
    let over = later.plus(LEASE).plus(Duration::from_millis(1));
    let next = begin(&ledger, "c", &[Kind::Sessions], over).await;
    assert_eq!(next, [begun(Kind::Sessions, Some("5"))]);

    let came = [at(Kind::Sessions, Some("9")), at(Kind::Invites, Some("9"))];
    let held = ledger.keep(&dead, &came, over, over.plus(LEASE)).await;
    assert_eq!(held.expect("kept"), [Kind::Invites], "one was taken over");
    ledger.finish(&dead, &came).await.expect("ended");
    let mut third = run("c", over);
    third.finish(over);
    let stopped = [at(Kind::Sessions, Some("7"))];
    ledger.finish(&third, &stopped).await.expect("ended");
    let next = begin(&ledger, "d", &kinds, over).await;
    assert_eq!(
        next,
        [
            begun(Kind::Invites, Some("9")),
            begun(Kind::Sessions, Some("7"))
        ]
    );
}

/// What a run says of itself is found as it was said, also when nobody heard its end.
pub async fn runs_are_listed_with_what_they_said(ledger: Ledger) {
    begin(&ledger, "a", &[], NOW).await;
    let later = NOW.plus(LEASE).plus(Duration::from_secs(1));
    let source = Source::Request {
        user: UserId::new("ada"),
        workspace: Some(WorkspaceId::new("ws")),
    };
    let mut whole = Run::new("b".to_owned(), source, true, later);
    let opened = ledger.begin(&whole, &[], later, later.minus(LEASE)).await;
    opened.expect("begun");
    whole.parts = vec![Part {
        tally: Tally {
            removed: 1,
            bytes: 2,
        },
        ended: Ended::Completed,
        ..Part::new(Kind::Snapshots)
    }];
    whole.finish(later.plus(Duration::from_millis(9)));
    ledger.finish(&whole, &[]).await.expect("ended");
    let listed = ledger.list(None, 9).await.expect("listed");
    let mut dead = run("a", NOW);
    dead.ended = Ended::Died;
    assert_eq!(listed, [whole, dead]);
}

/// Pages go back in time, runs of the same moment included.
pub async fn pages_of_runs_leave_none_out(ledger: Ledger) {
    for id in ["a", "b", "c", "d"] {
        begin(&ledger, id, &[], NOW).await;
    }
    begin(&ledger, "e", &[], NOW.plus(Duration::from_secs(1))).await;
    let ids = |runs: Vec<Run>| runs.into_iter().map(|run| run.id).collect::<Vec<_>>();
    let first = ledger.list(None, 2).await.expect("listed");
    assert_eq!(ids(first), ["e", "d"]);
    let second = ledger.list(Some((NOW, "d")), 2).await.expect("listed");
    assert_eq!(ids(second), ["c", "b"]);
    let third = ledger.list(Some((NOW, "b")), 2).await.expect("listed");
    assert_eq!(ids(third), ["a"]);
}

/// Of many that begin at once, each kind goes to one.
pub async fn runs_that_begin_at_once_share_no_kind(ledger: Ledger) {
    let ids = ["a", "b", "c", "d", "e", "f"];
    let all = ids.map(|id| begin(&ledger, id, &Kind::ALL, NOW));
    let begun = futures_util::future::join_all(all).await;
    let mut kinds: Vec<_> = begun.into_iter().flatten().map(|one| one.kind).collect();
    kinds.sort_unstable();
    let mut every = Kind::ALL.to_vec();
    every.sort_unstable();
    assert_eq!(kinds, every);
}
