//! Password hashing off the async threads, a bounded number at a time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use super::password::{HashCost, HashError, HashMemory, Verdict};
use crate::ids::Ids;
use crate::metrics::metrics;

/// Hashes and verifies. Each hash takes tens of megabytes and milliseconds, so that no more than a
/// fixed number run in one process; the others wait in order, which bounds memory in a burst. Their
/// memory stays with the process: as many pieces as hashes have ever run at once.
#[derive(Clone)]
pub struct PasswordHashing {
    cost: HashCost,
    places: Arc<Semaphore>,
    memory: Arc<Mutex<Vec<HashMemory>>>,
    ids: Arc<dyn Ids>,
}

impl PasswordHashing {
    /// Hashes at `cost`, at most `at_once` at a time (at least one); salts come from `ids`.
    pub fn new(cost: HashCost, at_once: usize, ids: Arc<dyn Ids>) -> Self {
        Self {
            cost,
            places: Arc::new(Semaphore::new(at_once.max(1))),
            memory: Arc::default(),
            ids,
        }
    }

    /// The hash of a new password, with a salt of its own.
    pub async fn hash(&self, password: &str) -> Result<String, HashError> {
        let mut salt = [0; 16];
        self.ids.fill(&mut salt);
        let (cost, password) = (self.cost, password.to_owned());
        self.run(move |memory| cost.hash(&password, &salt, memory))
            .await?
    }

    /// What `stored` says of `password`. Without a stored hash a decoy of today's cost is
    /// verified, so that an unknown address takes as long as a wrong password. A stored hash of
    /// another cost or kind takes its own time: a decoy as slow as bcrypt would let anybody burn
    /// a quarter of a second of the processor with every guess.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<Verdict, HashError> {
        let cost = self.cost;
        let password = password.to_owned();
        let stored = stored.map_or_else(|| cost.decoy(), str::to_owned);
        self.run(move |memory| cost.verify(&password, &stored, memory))
            .await?
    }

    /// Waits for a turn.
    async fn place(&self) -> Result<OwnedSemaphorePermit, HashError> {
        let metrics = metrics();
        let waiting = metrics.hashes_waiting.hold();
        let since = Instant::now();
        let place = Arc::clone(&self.places).acquire_owned().await;
        drop(waiting);
        let micros = u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX);
        metrics.hash_wait_micros.add(micros);
        metrics.hashes.one();
        place.map_err(HashError::of)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut HashMemory) -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let place = self.place().await?;
        let pieces = Arc::clone(&self.memory);
        // The place goes with the work: a caller who leaves does not free it early.
        let work = spawn_blocking(move || {
            let _place = place;
            let _running = metrics().hashes_running.hold();
            let mut memory = lock(&pieces).pop().unwrap_or_default();
            let outcome = work(&mut memory);
            lock(&pieces).push(memory);
            outcome
        });
        work.await.map_err(HashError::of)
    }
}

/// The list is only ever pushed to and popped from, so a panic elsewhere leaves it sound.
fn lock(pieces: &Mutex<Vec<HashMemory>>) -> MutexGuard<'_, Vec<HashMemory>> {
    pieces.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SystemIds;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn hashing(at_once: usize) -> PasswordHashing {
        let cost = HashCost {
            memory_kib: 64,
            passes: 1,
        };
        PasswordHashing::new(cost, at_once, Arc::new(SystemIds))
    }

    #[tokio::test]
    async fn two_hashes_of_one_password_differ_and_both_verify() {
        let hashing = hashing(2);
        let first = hashing.hash("correct horse").await.expect("a hash");
        let second = hashing.hash("correct horse").await.expect("a hash");
        assert_ne!(first, second);
        for hash in [first, second] {
            let verdict = hashing.verify("correct horse", Some(&hash)).await;
            assert_eq!(verdict.expect("done"), Verdict::Right { outdated: false });
        }
    }

    #[tokio::test]
    async fn an_unknown_address_verifies_against_a_decoy() {
        let verdict = hashing(1).verify("correct horse", None).await;
        assert_eq!(verdict.expect("done"), Verdict::Wrong);
    }

    #[tokio::test]
    async fn no_more_than_the_given_number_run_at_once() {
        let hashing = hashing(2);
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let tasks = (0..16).map(|_| {
            let (hashing, running, most) = (hashing.clone(), running.clone(), most.clone());
            tokio::spawn(async move {
                let work = move |_: &mut HashMemory| {
                    let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(now, Ordering::SeqCst);
                    std::thread::yield_now();
                    running.fetch_sub(1, Ordering::SeqCst);
                };
                hashing.run(work).await
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.expect("no panic").expect("done");
        }
        assert!(most.load(Ordering::SeqCst) <= 2);
        assert!(lock(&hashing.memory).len() <= 2, "memory is used again");
    }
}
