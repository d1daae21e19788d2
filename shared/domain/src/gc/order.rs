//! What a collection is told to do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Kind, Source};
use crate::clock::Timestamp;

/// What a collection is to do.
#[derive(Clone, Debug)]
pub struct Order {
    /// Who wants it.
    pub source: Source,
    /// The kinds; empty for all.
    pub kinds: Vec<Kind>,
    /// When it must be over; the piece that is under way then is finished.
    pub until: Timestamp,
    /// Ends it earlier, when it becomes true.
    pub stop: Arc<AtomicBool>,
}

impl Order {
    /// An order for everything, until a moment.
    pub fn everything(source: Source, until: Timestamp) -> Self {
        Self {
            source,
            kinds: Vec::new(),
            until,
            stop: Arc::default(),
        }
    }

    /// Whether no other piece may begin at `now`.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        now >= self.until || self.stop.load(Ordering::Relaxed)
    }
}
