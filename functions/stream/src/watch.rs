//! Noticing new versions: those of this process are announced, those of others are found by
//! looking, once an interval for all streams of the process together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use or3_domain::ids::WorkspaceId;
use or3_domain::store::StoreError;
use or3_domain::sync::{Listener, News, SyncHeads};
use tokio::time::Instant;

/// The heads of all workspaces that streams of this process wait for.
///
/// There is no task behind it: whichever stream wakes first after an interval looks for all of
/// them. So nothing runs when no stream is open, and nothing goes on after the last answer.
pub struct Watch {
    heads: Arc<dyn SyncHeads>,
    news: News,
    interval: Duration,
    /// When somebody has to look again.
    due: Mutex<Instant>,
}

impl Watch {
    /// Looks through `heads` every `interval`, and hears at once what is announced to `news`.
    pub fn new(heads: Arc<dyn SyncHeads>, news: News, interval: Duration) -> Self {
        Self {
            heads,
            news,
            interval,
            due: Mutex::new(Instant::now()),
        }
    }

    /// Listens to `workspace`, and knows its head as of now. This look is everybody's.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub(crate) async fn listen(&self, workspace: &WorkspaceId) -> Result<Listener, StoreError> {
        let listener = self.news.listen(workspace);
        self.postpone();
        self.ask(&self.news.listened_to()).await?;
        Ok(listener)
    }

    /// Waits until it is time to look.
    pub(crate) async fn due(&self) {
        let due = *self.lock();
        tokio::time::sleep_until(due).await;
    }

    /// Looks, unless another stream has just done so. A store that is away is asked again an
    /// interval later; streams wait.
    pub(crate) async fn look(&self) {
        if !self.claim() {
            return;
        }
        if let Err(error) = self.ask(&self.news.listened_to()).await {
            tracing::warn!(%error, "streams cannot look for new versions");
        }
    }

    /// Takes the turn of this interval, if it is still free.
    fn claim(&self) -> bool {
        let mut due = self.lock();
        let free = *due <= Instant::now();
        if free {
            *due = Instant::now() + self.interval;
        }
        free
    }

    fn postpone(&self) {
        *self.lock() = Instant::now() + self.interval;
    }

    fn lock(&self) -> MutexGuard<'_, Instant> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask(&self, workspaces: &[WorkspaceId]) -> Result<(), StoreError> {
        for (workspace, head) in self.heads.heads(workspaces).await? {
            self.news.announce(&workspace, head);
        }
        Ok(())
    }
}
