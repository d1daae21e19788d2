//! The timer of the local stack: what a schedule does on Lambda.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use or3_domain::clock::Clock;
use or3_domain::gc::{Collection, Order, Source};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A collection that begins now and again after every interval; two passes never overlap.
pub(crate) struct Timer {
    task: JoinHandle<()>,
    stopping: Arc<AtomicBool>,
    stop: oneshot::Sender<()>,
}

impl Timer {
    /// Starts it.
    pub(crate) fn start(collection: Collection, clock: Arc<dyn Clock>, interval: Duration) -> Self {
        let (stop, stopped) = oneshot::channel();
        let stopping = Arc::<AtomicBool>::default();
        let flag = Arc::clone(&stopping);
        let task = tokio::spawn(tick(collection, clock, interval, flag, stopped));
        Self {
            task,
            stopping,
            stop,
        }
    }

    /// Ends it after the piece that is under way.
    pub(crate) async fn stop(self) {
        self.stopping.store(true, Ordering::Relaxed);
        let _task_already_ended = self.stop.send(());
        if self.task.await.is_err() {
            tracing::error!("the timer had panicked");
        }
    }
}

async fn tick(
    collection: Collection,
    clock: Arc<dyn Clock>,
    interval: Duration,
    stop: Arc<AtomicBool>,
    mut stopped: oneshot::Receiver<()>,
) {
    loop {
        let order = Order {
            stop: Arc::clone(&stop),
            ..Order::everything(Source::Schedule, clock.now().plus(interval))
        };
        if let Err(error) = collection.run(&order).await {
            tracing::error!(%error, "a collection could not be written down");
        }
        tokio::select! {
            _ = &mut stopped => return,
            () = tokio::time::sleep(interval) => {}
        }
    }
}
