//! The collection itself, with collectors that count.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use or3_domain::clock::Clock;
use or3_domain::gc::{Ended, Kind, LEASE, Order, Run, Source, Tally};
use or3_domain::store::StoreError;

use super::counter::{At, Bench, Counter, TEN};

#[tokio::test]
async fn everything_is_collected_in_turns_and_written_down() {
    let bench = Bench::new().await;
    let sessions = Counter::new(Kind::Sessions, &bench.clock, At::Nothing);
    let invites = Counter::new(Kind::Invites, &bench.clock, At::Nothing);
    let collection = bench.collection(&[&sessions, &invites]);
    let run = collection.run(&bench.order(99)).await.expect("a run");
    assert_eq!((sessions.seen(), invites.seen()), (TEN.into(), TEN.into()));
    assert_eq!(run.ended, Ended::Completed);
    let (removed, bytes) = (20, 200);
    assert_eq!(run.tally(), Tally { removed, bytes });
    let listed = bench.place.state.gc_ledger().list(None, 9).await;
    assert_eq!(listed.expect("listed"), [run]);
}

#[tokio::test]
async fn time_is_shared_and_the_next_run_goes_on_there() {
    let bench = Bench::new().await;
    let sessions = Counter::new(Kind::Sessions, &bench.clock, At::Nothing);
    let invites = Counter::new(Kind::Invites, &bench.clock, At::Nothing);
    let collection = bench.collection(&[&sessions, &invites]);
    let run = collection.run(&bench.order(7)).await.expect("a run");
    assert_eq!(run.ended, Ended::OutOfTime);
    assert_eq!((sessions.seen().len(), invites.seen().len()), (4, 3));
    let run = collection.run(&bench.order(99)).await.expect("a run");
    assert_eq!(run.ended, Ended::Completed);
    assert_eq!((sessions.seen(), invites.seen()), (TEN.into(), TEN.into()));
}

#[tokio::test]
async fn a_stop_ends_it_after_the_piece_under_way() {
    let bench = Bench::new().await;
    let stop = Arc::<AtomicBool>::default();
    let sessions = Counter::new(Kind::Sessions, &bench.clock, At::Stop(Arc::clone(&stop)));
    let collection = bench.collection(&[&sessions]);
    let order = Order {
        stop,
        ..bench.order(99)
    };
    let run = collection.run(&order).await.expect("a run");
    assert_eq!(
        (run.ended, sessions.seen()),
        (Ended::OutOfTime, TEN[..5].into())
    );
}

#[tokio::test]
async fn a_kind_that_fails_does_not_keep_the_others_from_theirs() {
    let bench = Bench::new().await;
    let away = At::Fail(|| StoreError::Unavailable("away".to_owned()));
    let sessions = Counter::new(Kind::Sessions, &bench.clock, away);
    let invites = Counter::new(Kind::Invites, &bench.clock, At::Nothing);
    let collection = bench.collection(&[&sessions, &invites]);
    let run = collection.run(&bench.order(99)).await.expect("a run");
    assert_eq!((run.ended, invites.seen()), (Ended::Failed, TEN.into()));
    let ended: Vec<_> = run.parts.iter().map(|part| part.ended).collect();
    assert_eq!(ended, [Ended::Failed, Ended::Completed]);
    let next = Counter::new(Kind::Sessions, &bench.clock, At::Nothing);
    let collection = bench.collection(&[&next]);
    collection.run(&bench.order(99)).await.expect("a run");
    assert_eq!(next.seen(), TEN[4..], "passing trouble goes on there");
}

#[tokio::test]
async fn a_fault_begins_the_next_pass_at_the_beginning() {
    let bench = Bench::new().await;
    let fault = At::Fail(|| StoreError::Fault("odd".to_owned()));
    let sessions = Counter::new(Kind::Sessions, &bench.clock, fault);
    let collection = bench.collection(&[&sessions]);
    collection.run(&bench.order(99)).await.expect("a run");
    let next = Counter::new(Kind::Sessions, &bench.clock, At::Nothing);
    let collection = bench.collection(&[&next]);
    collection.run(&bench.order(99)).await.expect("a run");
    assert_eq!(next.seen(), TEN);
}

#[tokio::test]
async fn what_another_collection_holds_is_left_to_it_until_it_is_dead() {
    let bench = Bench::new().await;
    let dead = Run::new(
        "dead".to_owned(),
        Source::Schedule,
        false,
        bench.clock.now(),
    );
    let now = bench.clock.now();
    let ledger = bench.place.state.gc_ledger();
    let kinds = [Kind::Sessions];
    let begun = ledger.begin(&dead, &kinds, now.plus(LEASE), now).await;
    begun.expect("begun");
    let came = [(Kind::Sessions, Some("8".to_owned()))];
    let kept = ledger.keep(&dead, &came, now, now.plus(LEASE)).await;
    kept.expect("kept");

    let sessions = Counter::new(Kind::Sessions, &bench.clock, At::Nothing);
    let collection = bench.collection(&[&sessions]);
    let run = collection.run(&bench.order(99)).await.expect("a run");
    assert_eq!(
        (run.ended, sessions.seen().len()),
        (Ended::HeldElsewhere, 0)
    );
    bench.clock.advance(LEASE);
    let run = collection.run(&bench.order(99)).await.expect("a run");
    assert_eq!(
        (run.ended, sessions.seen()),
        (Ended::Completed, vec![8, 9, 10])
    );
}
