//! Whole passes of a collector.

use or3_domain::clock::Timestamp;
use or3_domain::gc::{Collector, Found, Piece, Tally};

/// What a pass in pieces of `at_most` would remove.
///
/// # Panics
///
/// When the collector fails.
#[expect(clippy::expect_used, reason = "a collector that fails fails its test")]
pub async fn survey_pass(collector: &dyn Collector, now: Timestamp, at_most: u32) -> Vec<Found> {
    let (mut found, mut position) = (Vec::new(), None);
    loop {
        let piece = piece(position.as_deref(), at_most, now);
        let survey = collector.survey(&piece).await.expect("surveyed");
        found.extend(survey.found);
        position = survey.next;
        if position.is_none() {
            return found;
        }
    }
}

/// A pass in pieces of `at_most`.
///
/// # Panics
///
/// When the collector fails.
#[expect(clippy::expect_used, reason = "a collector that fails fails its test")]
pub async fn collect_pass(collector: &dyn Collector, now: Timestamp, at_most: u32) -> Tally {
    let (mut tally, mut position) = (Tally::default(), None);
    loop {
        let piece = piece(position.as_deref(), at_most, now);
        let done = collector.collect(&piece).await.expect("collected");
        tally.add(done.tally);
        position = done.next;
        if position.is_none() {
            return tally;
        }
    }
}

fn piece(position: Option<&str>, at_most: u32, now: Timestamp) -> Piece<'_> {
    Piece {
        position,
        at_most,
        now,
    }
}
