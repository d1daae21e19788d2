//! News of heads inside one process: who listens to which workspace, and how far it is known to
//! have come. What other processes write is news only after somebody has looked.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::ids::WorkspaceId;

/// Where heads are announced and listened to; clones share it. Memory of this process only: a
/// head that is missed here is found by looking, so nothing but speed depends on it.
#[derive(Clone, Default)]
pub struct News {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    closed: bool,
    heads: HashMap<WorkspaceId, watch::Sender<i64>>,
}

/// Hears of one workspace until it is dropped.
pub struct Listener {
    news: News,
    workspace: WorkspaceId,
    head: watch::Receiver<i64>,
}

impl News {
    /// Says that `workspace` has come to `head`. Costs nothing when nobody listens; heads that
    /// were known already change nothing.
    pub fn announce(&self, workspace: &WorkspaceId, head: i64) {
        if let Some(known) = self.lock().heads.get(workspace) {
            known.send_if_modified(|known| {
                let newer = head > *known;
                *known = head.max(*known);
                newer
            });
        }
    }

    /// Listens to `workspace`. Until the first announcement its head counts as 0.
    pub fn listen(&self, workspace: &WorkspaceId) -> Listener {
        let mut inner = self.lock();
        let head = if inner.closed {
            watch::channel(0).1
        } else {
            let known = inner.heads.entry(workspace.clone());
            known.or_insert_with(|| watch::channel(0).0).subscribe()
        };
        Listener {
            news: self.clone(),
            workspace: workspace.clone(),
            head,
        }
    }

    /// The workspaces that somebody listens to.
    pub fn listened_to(&self) -> Vec<WorkspaceId> {
        self.lock().heads.keys().cloned().collect()
    }

    /// Ends all listening, now and from now on: the process is about to stop.
    pub fn close(&self) {
        let mut inner = self.lock();
        inner.closed = true;
        inner.heads.clear();
    }

    /// The map is whole between any two statements, so a panic elsewhere leaves it sound.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    /// Waits until the head is beyond `version` and gives it; `None` when the news are closed.
    pub async fn beyond(&mut self, version: i64) -> Option<i64> {
        let head = self.head.wait_for(|head| *head > version).await;
        head.ok().map(|head| *head)
    }
}

impl Drop for Listener {
    /// The last one to leave a workspace takes it off the list. It leaves under the lock: of two
    /// that leave at the same time the second one sees that nobody else is left.
    fn drop(&mut self) {
        let mut inner = self.news.lock();
        drop(mem::replace(&mut self.head, watch::channel(0).1));
        let mine = inner.heads.get(&self.workspace);
        if mine.is_some_and(|known| known.receiver_count() == 0) {
            inner.heads.remove(&self.workspace);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn workspace() -> WorkspaceId {
        WorkspaceId::new("ws")
    }

    #[tokio::test]
    async fn a_listener_hears_the_newest_head_beyond_its_own() {
        let news = News::default();
        let mut listener = news.listen(&workspace());
        news.announce(&workspace(), 3);
        news.announce(&workspace(), 5);
        news.announce(&workspace(), 4);
        assert_eq!(listener.beyond(0).await, Some(5));
        assert_eq!(listener.beyond(4).await, Some(5));
    }

    #[tokio::test]
    async fn closing_ends_those_who_listen_and_those_who_come() {
        let news = News::default();
        let mut before = news.listen(&workspace());
        news.close();
        assert_eq!(before.beyond(0).await, None);
        assert_eq!(news.listen(&workspace()).beyond(0).await, None);
        assert!(news.listened_to().is_empty());
    }

    #[test]
    fn a_workspace_is_listened_to_until_the_last_one_leaves() {
        let news = News::default();
        let (first, second) = (news.listen(&workspace()), news.listen(&workspace()));
        drop(first);
        assert_eq!(news.listened_to(), [workspace()]);
        drop(second);
        assert!(news.listened_to().is_empty());
    }

    #[test]
    fn two_that_leave_together_leave_nobody_behind() {
        let (news, together, left) = (News::default(), Barrier::new(2), AtomicUsize::new(0));
        let listen_often = || {
            for _ in 0..20_000 {
                let listener = news.listen(&workspace());
                together.wait();
                drop(listener);
                if together.wait().is_leader() {
                    left.fetch_add(news.listened_to().len(), Ordering::Relaxed);
                }
                together.wait();
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(listen_often);
            scope.spawn(listen_often);
        });
        assert_eq!(left.into_inner(), 0, "times that somebody was left behind");
    }
}
