//! One collection is held up or dies, and others go on at its place.

use std::pin::pin;
use std::time::Duration;

use or3_domain::clock::Clock;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{BlobKey, ClaimRule, ContentHash};
use or3_state::faults::Lifespan;
use or3_testkit::collect_pass;

use crate::depot::{DAY, Depot, RETENTION, since, ws};
use crate::races::{Steps, orphan};

/// Longer than a claim lives.
pub(crate) const DEATH: Duration = Duration::from_mins(11);

/// The mention is older than the claim, so that no trigger sees it; and the look is over.
#[tokio::test]
async fn a_claim_that_comes_after_the_look_is_not_condemned_by_it() {
    let depot = Depot::new().await;
    let hash = depot.upload("one").await;
    depot.message("m", &format!(r#"["{hash}"]"#)).await;
    let nobodys = depot.upload("two").await;
    depot.later(RETENTION + DAY);
    let mut successor = Steps::new(&depot);
    successor.until("Claim").await;
    let life = Lifespan::with_a_wait(i64::MAX, 0);
    let process = depot.process(&life);
    let mut late = successor.fork(depot.collector_of(&process, RETENTION));
    {
        let mut claiming = pin!(late.step());
        tokio::select! {
            biased;
            _ = &mut claiming => panic!("it was not held up"),
            () = life.waits() => {}
        }
        successor.until("Sweep").await;
        life.goes_on();
        claiming.await;
    }
    assert_eq!(successor.finish().await, 1);
    assert!(depot.has(hash).await, "a message mentions it");
    assert_eq!(late.finish().await, 0);
    assert!(depot.has(hash).await, "a message mentions it");
    assert!(!depot.has(nobodys).await);
}

/// A collection condemns `hash`, and is not heard of again: under what rule it did.
pub(crate) async fn condemned<'a>(
    depot: &Depot,
    workspace: &'a WorkspaceId,
    hash: ContentHash,
) -> ClaimRule<'a> {
    let rule = ClaimRule {
        workspace,
        holder: "dead",
        from: since(depot, RETENTION),
        now: depot.clock.now(),
    };
    let claims = depot.state.blob_claims();
    assert_eq!(claims.claim(rule, &[hash]).await.expect("claimed"), 1);
    let found = claims.condemn(rule, 9).await.expect("condemned").condemned;
    assert_eq!(found.len(), 1);
    rule
}

pub(crate) async fn delete(depot: &Depot, rule: ClaimRule<'_>, hash: ContentHash) {
    let key = BlobKey::new(rule.workspace, hash).expect("a plain id");
    let removed = depot.blobs.delete(&key, rule.now).await;
    assert!(removed.expect("removed"));
}

pub(crate) async fn is_committed(depot: &Depot, hash: ContentHash) -> bool {
    let facts = depot.state.file_index().find(&ws(), &hash).await;
    facts.expect("found").committed.is_some()
}

#[tokio::test]
async fn who_lost_a_claim_does_not_forget_what_came_since() {
    let depot = Depot::new().await;
    let (hash, workspace) = (orphan(&depot).await, ws());
    let rule = condemned(&depot, &workspace, hash).await;
    delete(&depot, rule, hash).await;
    depot.later(DEATH);
    let collector = depot.collector(RETENTION);
    collect_pass(&collector, depot.clock.now(), 9).await;
    assert!(!is_committed(&depot, hash).await);
    depot.reserve(hash).await.expect("reserved");
    depot.file("one").await;
    let claims = depot.state.blob_claims();
    claims.forget(rule, &[hash]).await.expect("nothing to do");
    assert!(is_committed(&depot, hash).await);
}

#[tokio::test]
async fn what_is_taken_over_is_taken_over_once() {
    for decided in [false, true] {
        let depot = Depot::new().await;
        let (hash, workspace) = (orphan(&depot).await, ws());
        let rule = ClaimRule {
            workspace: &workspace,
            holder: "dead",
            from: since(&depot, RETENTION),
            now: depot.clock.now(),
        };
        let claims = depot.state.blob_claims();
        claims.claim(rule, &[hash]).await.expect("claimed");
        if decided {
            claims.condemn(rule, 9).await.expect("condemned");
        }
        depot.later(DEATH);
        let now = depot.clock.now();
        let of = |holder| ClaimRule {
            holder,
            now,
            ..rule
        };
        let taken = claims.take_over(of("one"), 9).await.expect("taken over");
        assert_eq!(taken, [hash]);
        let taken = claims.take_over(of("two"), 9).await.expect("asked");
        assert_eq!(taken, [], "decided: {decided}");
        let claimed = claims.claim(of("two"), &[hash]).await.expect("asked");
        assert_eq!(claimed, 0, "decided: {decided}");
    }
}
