//! Who is connected. There are so many places; when all are taken, whoever has waited longest
//! without a request gives theirs up to whoever comes. So connections that are opened and left
//! open cost memory for the places there are, and keep nobody out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// All places.
#[derive(Clone)]
pub(crate) struct Crowd {
    size: u32,
    free: Arc<Semaphore>,
    waiting: Arc<Waiting>,
}

/// Those that wait for a request, in the order in which they began to.
#[derive(Default)]
struct Waiting {
    line: Mutex<Line>,
    /// Somebody has joined.
    joined: Notify,
}

#[derive(Default)]
struct Line {
    next: u64,
    seats: BTreeMap<u64, Arc<Notify>>,
}

/// The place of one connection.
pub(crate) struct Place {
    seat: Arc<Seat>,
    _permit: OwnedSemaphorePermit,
}

/// What a connection and its requests share.
struct Seat {
    waiting: Arc<Waiting>,
    dismissed: Arc<Notify>,
    stand: Mutex<Stand>,
}

enum Stand {
    /// Under this number in the line.
    Waiting(u64),
    Busy,
    Left,
}

/// A request that is being answered, until its answer is written.
pub(crate) struct Busy(Arc<Seat>);

impl Crowd {
    pub(crate) fn of(size: u32) -> Self {
        Self {
            size,
            free: Arc::new(Semaphore::new(size as usize)),
            waiting: Arc::default(),
        }
    }

    /// Takes a place, if need be somebody else's.
    pub(crate) async fn enter(&self) -> Place {
        loop {
            let joined = self.waiting.joined.notified();
            if self.free.available_permits() == 0 {
                self.waiting.dismiss_oldest();
            }
            tokio::select! {
                biased;
                permit = Arc::clone(&self.free).acquire_owned() => match permit {
                    Ok(permit) => return Place::of(permit, &self.waiting),
                    // Nobody closes it.
                    Err(_closed) => std::future::pending().await,
                },
                () = joined => {}
            }
        }
    }

    /// Sends away all that have no request under way, and waits until the others are done.
    pub(crate) async fn leave(&self) {
        while self.waiting.dismiss_oldest() {}
        let _all = self.free.acquire_many(self.size).await;
    }
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn dismiss_oldest(&self) -> bool {
        let oldest = self.lock().seats.pop_first();
        oldest.is_some_and(|(_, seat)| {
            seat.notify_one();
            true
        })
    }
}

impl Place {
    fn of(permit: OwnedSemaphorePermit, waiting: &Arc<Waiting>) -> Self {
        let seat = Arc::new(Seat {
            waiting: Arc::clone(waiting),
            dismissed: Arc::default(),
            stand: Mutex::new(Stand::Busy),
        });
        seat.wait();
        Self {
            seat,
            _permit: permit,
        }
    }

    /// A request has come.
    pub(crate) fn busy(&self) -> Busy {
        self.seat.stand(Stand::Busy);
        Busy(Arc::clone(&self.seat))
    }

    /// Returns when somebody else needs the place.
    pub(crate) async fn dismissed(&self) {
        self.seat.dismissed.notified().await;
    }
}

impl Seat {
    /// Joins the end of the line, unless the connection is gone: its last answer may outlive it.
    fn wait(&self) {
        let mut stand = self.lock();
        if matches!(*stand, Stand::Left) {
            return;
        }
        let mut line = self.waiting.lock();
        let number = line.next;
        line.next += 1;
        line.seats.insert(number, Arc::clone(&self.dismissed));
        drop(line);
        *stand = Stand::Waiting(number);
        drop(stand);
        self.waiting.joined.notify_waiters();
    }

    /// Leaves the line.
    fn stand(&self, next: Stand) {
        let before = std::mem::replace(&mut *self.lock(), next);
        if let Stand::Waiting(number) = before {
            self.waiting.lock().seats.remove(&number);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Stand> {
        self.stand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.seat.stand(Stand::Left);
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn whoever_waits_longest_makes_room_and_whoever_is_busy_stays() {
        let crowd = Crowd::of(3);
        let [first, second, third] = [
            crowd.enter().await,
            crowd.enter().await,
            crowd.enter().await,
        ];
        let busy = first.busy();
        let (comes, goes) = (crowd.clone(), async {
            second.dismissed().await;
            drop(second);
        });
        let (fourth, ()) = tokio::join!(comes.enter(), goes);
        assert!(first.dismissed().now_or_never().is_none());
        assert!(third.dismissed().now_or_never().is_none());
        drop(busy);
        let (fifth, ()) = tokio::join!(comes.enter(), async {
            third.dismissed().await;
            drop(third);
        });
        // It waits anew since it was answered: after the third, before the fifth.
        let (_sixth, ()) = tokio::join!(comes.enter(), async {
            fourth.dismissed().await;
            drop(fourth);
        });
        let (_seventh, ()) = tokio::join!(comes.enter(), async {
            first.dismissed().await;
            drop(first);
        });
        assert!(fifth.dismissed().now_or_never().is_none());
    }

    #[tokio::test]
    async fn who_comes_while_all_are_busy_gets_the_first_place_that_waits() {
        let crowd = Crowd::of(1);
        let only = crowd.enter().await;
        let busy = only.busy();
        let (_next, ()) = tokio::join!(crowd.enter(), async {
            assert!(only.dismissed().now_or_never().is_none());
            drop(busy);
            only.dismissed().await;
            drop(only);
        });
    }

    #[tokio::test]
    async fn a_place_that_was_left_is_dismissed_no_more() {
        let crowd = Crowd::of(1);
        let place = crowd.enter().await;
        let busy = place.busy();
        drop(place);
        drop(busy);
        assert!(!crowd.waiting.dismiss_oldest(), "nobody waits");
    }
}
