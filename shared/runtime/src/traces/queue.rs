//! Steps that wait to be sent: as many as there is room for.

use std::sync::{Mutex, MutexGuard, PoisonError};

use or3_domain::metrics::metrics;
use or3_domain::steps::{Recorder, Step};
use tokio::sync::Notify;

/// How many steps are kept: about two megabytes.
const ROOM: usize = 2048;

/// How many are sent at once, at most.
pub(super) const BATCH: usize = 512;

/// Steps in the order in which they ended.
#[derive(Default)]
pub(super) struct Queue {
    steps: Mutex<Vec<Step>>,
    batch: Notify,
}

impl Recorder for Queue {
    fn record(&self, step: Step) {
        let mut steps = self.lock();
        if steps.len() == ROOM {
            drop(steps);
            metrics().spans_dropped.one();
            return;
        }
        steps.push(step);
        if steps.len() == BATCH {
            self.batch.notify_one();
        }
    }
}

impl Queue {
    /// Takes the oldest, as many as are sent at once.
    pub(super) fn take(&self) -> Vec<Step> {
        let mut steps = self.lock();
        let count = steps.len().min(BATCH);
        steps.drain(..count).collect()
    }

    /// Returns when there is enough to be sent at once.
    pub(super) async fn filled(&self) {
        self.batch.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Step>> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use or3_domain::clock::Timestamp;
    use or3_domain::ids::SystemIds;
    use or3_domain::steps::Kind;
    use or3_domain::trace::Trace;

    use super::*;

    pub(in crate::traces) fn step(name: &str) -> Step {
        Step {
            trace: Trace::of(None, None, &SystemIds),
            kind: Kind::Server,
            name: name.to_owned().into(),
            ended_at: Timestamp::from_seconds(1_767_225_600),
            duration: Duration::from_micros(1500),
            failed: false,
            facts: Vec::new(),
        }
    }

    #[tokio::test]
    async fn there_is_room_for_so_many_and_they_leave_in_batches_in_order() {
        let queue = Queue::default();
        let before = metrics().spans_dropped.get();
        (0..ROOM + 5).for_each(|number| queue.record(step(&number.to_string())));
        assert_eq!(metrics().spans_dropped.get() - before, 5);
        queue.filled().await;
        let first = queue.take();
        assert_eq!((first.len(), &*first[7].name), (BATCH, "7"));
        let left: usize =
            std::iter::from_fn(|| Some(queue.take().len()).filter(|len| *len > 0)).sum();
        assert_eq!(left, ROOM - BATCH);
    }
}
