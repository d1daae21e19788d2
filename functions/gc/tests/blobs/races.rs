//! Between any two pieces of a collection somebody may come to need what it means to remove.

use std::sync::Arc;
use std::time::Duration;

use or3_domain::clock::Clock;
use or3_domain::gc::{BlobCollector, Collector, Piece, Tally};
use or3_domain::storage::{BlobKey, ClaimRule};
use or3_domain::store::StoreError;
use or3_testkit::collect_pass;

use crate::depot::{DAY, Depot, RETENTION, since, ws};

/// A pass that can be stopped between two pieces.
pub(crate) struct Steps<'a> {
    depot: &'a Depot,
    pub(crate) collector: BlobCollector,
    pub(crate) position: Option<String>,
    tally: Tally,
}

impl<'a> Steps<'a> {
    pub(crate) fn new(depot: &'a Depot) -> Self {
        Self {
            depot,
            collector: depot.collector(RETENTION),
            position: None,
            tally: Tally::default(),
        }
    }

    /// Another collection at the same place.
    pub(crate) fn fork(&self, collector: BlobCollector) -> Self {
        Self {
            depot: self.depot,
            collector,
            position: self.position.clone(),
            tally: Tally::default(),
        }
    }

    /// Does pieces until the one that is called `stage` comes next.
    pub(crate) async fn until(&mut self, stage: &str) {
        while !self
            .position
            .as_ref()
            .is_some_and(|place| place.contains(stage))
        {
            self.step().await;
        }
    }

    /// Does the next piece; whether there is another one.
    pub(crate) async fn step(&mut self) -> bool {
        let piece = Piece {
            position: self.position.as_deref(),
            at_most: 9,
            now: self.depot.clock.now(),
        };
        let done = self.collector.collect(&piece).await.expect("collected");
        self.tally.add(done.tally);
        self.position = done.next;
        self.position.is_some()
    }

    /// Does the rest; how much was removed in all.
    pub(crate) async fn finish(mut self) -> u64 {
        while self.step().await {}
        self.tally.removed
    }
}

/// Old, committed, and nobody's.
pub(crate) async fn orphan(depot: &Depot) -> or3_domain::storage::ContentHash {
    let hash = depot.file("one").await;
    depot.later(RETENTION + DAY);
    hash
}

#[tokio::test]
async fn whatever_comes_to_need_a_claimed_blob_keeps_it() {
    for stage in ["Seal", "Look", "Sweep"] {
        for need in 0..9 {
            let depot = Depot::new().await;
            let hash = orphan(&depot).await;
            let mut steps = Steps::new(&depot);
            steps.until(stage).await;
            match need {
                0 => depot.list(hash, false).await,
                1 => depot.list(hash, true).await,
                2 => depot.message("m", &format!(r#"["{hash}"]"#)).await,
                3 => depot.message("m", &hash.hex().to_uppercase()).await,
                6 => {
                    depot
                        .message("m", &format!(r#"{{"a":["{}"]}}"#, hash.hex()))
                        .await;
                }
                7 => {
                    depot
                        .message("m", &format!(r#"[[{{"hash":"{hash}"}}]]"#))
                        .await;
                }
                8 => {
                    let far = "\u{e9}".repeat(900);
                    depot
                        .message("m", &format!(r#"["{far} {hash}.png"]"#))
                        .await;
                }
                4 => drop(depot.reserve(hash).await.expect("reserved")),
                _ => depot.commit(hash).await.expect("committed"),
            }
            assert_eq!(steps.finish().await, 0, "need {need} before {stage}");
            assert!(depot.has(hash).await, "need {need} before {stage}");
        }
    }
}

#[tokio::test]
async fn a_row_that_comes_and_goes_keeps_its_blob_for_the_window() {
    let depot = Depot::new().await;
    let hash = orphan(&depot).await;
    let mut steps = Steps::new(&depot);
    steps.until("Sweep").await;
    depot.list(hash, false).await;
    depot.unlist(hash).await;
    assert_eq!(steps.finish().await, 0);
    assert!(depot.has(hash).await);
}

#[tokio::test]
async fn an_upload_of_a_claimed_blob_keeps_it() {
    let depot = Depot::new().await;
    let hash = depot.upload("one").await;
    // Claimed the moment after it was written, as a window of nothing allows.
    let mut steps = Steps::new(&depot);
    steps.collector = depot.collector(Duration::ZERO);
    steps.until("Sweep").await;
    std::fs::remove_file(depot.folder().join(hash.file_name())).expect("removed");
    depot.later(Duration::from_millis(1));
    let now = std::time::SystemTime::UNIX_EPOCH
        + Duration::from_millis(u64::try_from(depot.clock.now().millis()).expect("late"));
    depot.upload("one").await;
    let file = std::fs::File::options()
        .write(true)
        .open(depot.folder().join(hash.file_name()));
    file.expect("a file")
        .set_modified(now)
        .expect("written now");
    assert_eq!(
        steps.finish().await,
        0,
        "it was written after it was given up"
    );
    assert!(depot.has(hash).await);
}

/// What one collection has condemned nobody gets, until it is gone; then it can be had anew.
#[tokio::test]
async fn whoever_comes_after_the_decision_is_told_to_come_again() {
    let depot = Depot::new().await;
    let hash = orphan(&depot).await;
    let claims = depot.state.blob_claims();
    let workspace = ws();
    let rule = ClaimRule {
        workspace: &workspace,
        holder: "h",
        from: since(&depot, RETENTION),
        now: depot.clock.now(),
    };
    assert_eq!(claims.claim(rule, &[hash]).await.expect("claimed"), 1);
    assert_eq!(
        claims
            .claim(
                ClaimRule {
                    holder: "other",
                    ..rule
                },
                &[hash]
            )
            .await
            .expect("asked"),
        0
    );
    let condemned = claims.condemn(rule, 9).await.expect("condemned");
    assert_eq!((condemned.condemned.len(), condemned.more), (1, false));
    let away = |outcome: Option<StoreError>| matches!(outcome, Some(StoreError::Unavailable(_)));
    assert!(away(depot.reserve(hash).await.err()));
    assert!(away(depot.commit(hash).await.err()));
    depot.list(hash, false).await;
    let again = claims.condemn(rule, 9).await.expect("asked");
    assert_eq!(again.condemned, [], "decided once");

    let key = BlobKey::new(&workspace, hash).expect("a plain id");
    let removed = depot
        .blobs
        .delete(&key, condemned.condemned[0].claimed_at)
        .await;
    assert!(removed.expect("removed"));
    claims.forget(rule, &[hash]).await.expect("forgotten");
    let facts = depot
        .state
        .file_index()
        .find(&workspace, &hash)
        .await
        .expect("found");
    assert_eq!((facts.committed, facts.removed), (None, false));
    depot.reserve(hash).await.expect("reserved");
    depot.file("one").await;
    depot.later(RETENTION * 2);
    assert_eq!(depot.collect().await, 0, "its row came back");
}

#[tokio::test]
async fn collections_at_once_remove_and_count_each_blob_once() {
    let depot = Depot::new().await;
    for number in 0..60 {
        depot.file(&format!("file {number}")).await;
    }
    depot.later(RETENTION + DAY);
    let now = depot.clock.now();
    let passes = (0..4).map(|_| async {
        let collector = depot.collector(RETENTION);
        collect_pass(&collector, now, 9).await.removed
    });
    let counts = futures_util::future::join_all(passes).await;
    assert_eq!(counts.iter().sum::<u64>(), 60, "{counts:?}");
}

#[tokio::test]
async fn what_a_dead_collection_claimed_is_the_next_ones_after_ten_minutes() {
    for stage in ["Seal", "Look", "Sweep"] {
        let depot = Depot::new().await;
        let hash = orphan(&depot).await;
        Steps::new(&depot).until(stage).await;
        let now = depot.clock.now();
        let collector = depot.collector(RETENTION);
        assert_eq!(
            collect_pass(&collector, now, 9).await.removed,
            0,
            "it may live"
        );
        depot.later(Duration::from_mins(11));
        let now = depot.clock.now();
        assert_eq!(collect_pass(&collector, now, 9).await.removed, 1);
        assert!(!depot.has(hash).await);
    }
}

/// A process died between the decision and the removal, or between the removal and the record.
#[tokio::test]
async fn what_a_dead_collection_condemned_is_put_in_order() {
    for removed in [false, true] {
        let depot = Depot::new().await;
        let hash = orphan(&depot).await;
        let claims = depot.state.blob_claims();
        let workspace = ws();
        let rule = ClaimRule {
            workspace: &workspace,
            holder: "dead",
            from: since(&depot, RETENTION),
            now: depot.clock.now(),
        };
        claims.claim(rule, &[hash]).await.expect("claimed");
        claims.condemn(rule, 9).await.expect("condemned");
        if removed {
            let key = BlobKey::new(&workspace, hash).expect("a plain id");
            depot.blobs.delete(&key, rule.now).await.expect("removed");
        }
        let collector = Arc::new(depot.collector(RETENTION));
        assert_eq!(collect_pass(&*collector, rule.now, 9).await.removed, 0);
        depot.later(Duration::from_mins(11));
        let counted = collect_pass(&*collector, depot.clock.now(), 9)
            .await
            .removed;
        assert_eq!(counted, u64::from(!removed));
        assert!(!depot.has(hash).await);
        depot.reserve(hash).await.expect("free again");
        let facts = depot.state.file_index().find(&workspace, &hash).await;
        assert_eq!(facts.expect("found").committed, None);
    }
}
