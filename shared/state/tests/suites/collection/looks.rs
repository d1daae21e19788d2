//! Looks, with collectors that count.

use std::sync::Arc;
use std::time::Duration;

use or3_domain::clock::Clock;
use or3_domain::gc::{Cursor, Ended, Kind, Look, Page, Part, Run, Source};
use or3_domain::store::StoreError;

use super::counter::{At, Bench, Counter, TEN};

/// One page of a look at what `counters` would count.
async fn look(bench: &Bench, counters: &[&Arc<Counter>], from: Option<Cursor>, ms: u64) -> Page {
    let collection = bench.collection(counters);
    let look = Look {
        source: Source::Event,
        from,
        names: true,
        until: bench.clock.now().plus(Duration::from_millis(ms)),
    };
    let page = collection.look(&collection.of(&[]), &look).await;
    page.expect("a page")
}

#[tokio::test]
async fn a_look_names_and_counts_and_holds_nothing() {
    let bench = Bench::new().await;
    let sessions = Counter::new(Kind::Sessions, &bench.clock, At::Nothing);
    let Page { run, next } = look(&bench, &[&sessions], None, 99).await;
    assert!(sessions.seen().is_empty());
    assert_eq!((run.tally().removed, next), (10, None));
    assert_eq!(names(&run), [TEN.map(|number| number.to_string()).to_vec()]);
    assert_eq!(run.ended, Ended::Completed);
    let collection = bench.collection(&[&sessions]);
    let run = collection.run(&bench.order(99)).await.expect("a run");
    assert_eq!(run.ended, Ended::Completed);
}

/// What each part names.
fn names(run: &Run) -> Vec<Vec<String>> {
    let part = |part: &Part| part.found.iter().map(|found| found.name.clone()).collect();
    run.parts.iter().map(part).collect()
}

#[tokio::test]
async fn a_look_without_time_goes_on_piece_by_piece_at_the_moment_of_its_first() {
    let bench = Bench::new().await;
    let sessions = Counter::new(Kind::Sessions, &bench.clock, At::Nothing);
    let invites = Counter::new(Kind::Invites, &bench.clock, At::Nothing);
    let both = [&sessions, &invites];
    let (began, mut from, mut seen) = (bench.clock.now(), None, Vec::new());
    loop {
        let Page { run, next } = look(&bench, &both, from, 0).await;
        seen.extend(names(&run).concat());
        bench.clock.advance(Duration::from_secs(1));
        let Some(next) = next else { break };
        assert_eq!(next.at, began);
        from = Some(next);
    }
    let ten = TEN.map(|number| number.to_string());
    assert_eq!(seen, [ten.clone(), ten].concat());
    let runs = bench.place.state.gc_ledger().list(None, 99).await;
    assert_eq!(
        runs.expect("listed").len(),
        20,
        "every page is written down"
    );
}

#[tokio::test]
async fn a_look_that_fails_at_one_kind_goes_on_with_the_next() {
    let bench = Bench::new().await;
    let away = At::Fail(|| StoreError::Unavailable("away".to_owned()));
    let sessions = Counter::new(Kind::Sessions, &bench.clock, away);
    let invites = Counter::new(Kind::Invites, &bench.clock, At::Nothing);
    let Page { run, next } = look(&bench, &[&sessions, &invites], None, 99).await;
    let ended: Vec<_> = run.parts.iter().map(|part| part.ended).collect();
    assert_eq!(ended, [Ended::Failed, Ended::Completed]);
    assert_eq!((run.ended, next), (Ended::Failed, None));
}
