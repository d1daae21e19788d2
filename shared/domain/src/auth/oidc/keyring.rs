//! When the provider's keys are fetched, and how long they count.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{Mutex, MutexGuard};

use super::jwk::KeySet;
use super::key::VerifyingKey;
use crate::clock::{Clock, Timestamp};

/// How long fetched keys are used before the provider is asked again.
pub const FRESH: Duration = Duration::from_mins(10);
/// How long they are used while the provider does not answer: a key that it withdraws counts no
/// longer than this.
pub const STALE: Duration = Duration::from_hours(1);
/// After an answer of the provider, how long unknown key ids do not make us ask again.
pub const PAUSE: Duration = Duration::from_secs(30);
/// The same after a request without an answer.
pub const RETRY: Duration = Duration::from_secs(3);

/// Where the provider's keys come from.
#[async_trait]
pub trait KeySource: Send + Sync {
    /// Asks the provider for its current keys: one request, never answered from a cache, over
    /// within a few seconds.
    ///
    /// # Errors
    ///
    /// A sentence for the log when there is no answer, or none that holds usable keys.
    async fn fetch(&self) -> Result<KeySet, String>;
}

/// Why nothing can be said of a token: its key might exist, and cannot be had now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysUnavailable {
    /// The provider did not answer, or with something else than keys.
    #[error("the identity provider's keys cannot be fetched: {0}")]
    Unanswered(String),
    /// The provider was asked moments ago, and is not asked again yet.
    #[error("the identity provider was asked for its keys moments ago")]
    Paused,
}

/// The provider's keys, as far as this process knows them.
///
/// Kept in memory only, where being stale is safe within the bounds of this module: nothing but
/// the provider's own keys is in it, and a process that starts asks anew.
pub struct Keyring {
    source: Arc<dyn KeySource>,
    clock: Arc<dyn Clock>,
    held: RwLock<Held>,
    /// Held while the provider is asked, so that one request at a time does it.
    asking: Mutex<()>,
}

#[derive(Clone, Default)]
struct Held {
    fetched: Option<(Arc<KeySet>, Timestamp)>,
    /// When the provider was last asked, and how long it is left alone since then.
    asked: Option<(Timestamp, Duration)>,
}

/// A key that may be used, and whether it is time to look for newer ones.
struct Usable {
    key: Arc<VerifyingKey>,
    fresh: bool,
}

impl Keyring {
    /// An empty keyring: the first look asks `source`.
    pub fn new(source: Arc<dyn KeySource>, clock: Arc<dyn Clock>) -> Self {
        Self {
            source,
            clock,
            held: RwLock::default(),
            asking: Mutex::default(),
        }
    }

    /// The key called `kid`; `None` when the provider, asked since this call began, has none.
    ///
    /// A key set that is not fresh any more is fetched anew, by one of the requests that need it;
    /// so it is for an unknown id, which is how a rotated key is found.
    ///
    /// # Errors
    ///
    /// When only the provider could tell and it does not answer, or was asked less than [`PAUSE`]
    /// ago: somebody who makes up ids cannot make us ask all the time, and a key that is a moment
    /// old is not mistaken for a forged one.
    pub async fn find(&self, kid: &str) -> Result<Option<Arc<VerifyingKey>>, KeysUnavailable> {
        let usable = self.held().usable(kid, self.clock.now());
        if let Some(Usable { key, fresh: true }) = usable {
            return Ok(Some(key));
        }
        let Some(turn) = self.turn(usable.is_some()).await else {
            return Ok(usable.map(|usable| usable.key));
        };
        // Somebody else may have asked meanwhile.
        let (held, now) = (self.held(), self.clock.now());
        let usable = held.usable(kid, now);
        if usable.as_ref().is_some_and(|usable| usable.fresh) || held.is_paused(now) {
            let key = usable.map(|usable| usable.key);
            return key.map(Some).ok_or(KeysUnavailable::Paused);
        }
        match self.ask(&turn, now).await {
            Ok(keys) => Ok(keys.find(kid).cloned()),
            Err(error) => usable.map(|old| Some(old.key)).ok_or(error),
        }
    }

    /// The right to ask the provider. Whoever has an old key that will do does not wait for it.
    async fn turn(&self, can_do_without: bool) -> Option<MutexGuard<'_, ()>> {
        if can_do_without {
            self.asking.try_lock().ok()
        } else {
            Some(self.asking.lock().await)
        }
    }

    async fn ask(
        &self,
        _turn: &MutexGuard<'_, ()>,
        now: Timestamp,
    ) -> Result<Arc<KeySet>, KeysUnavailable> {
        // Noted before the answer: a client that hangs up must not open the way for the next one.
        self.note(|held| held.asked = Some((now, RETRY)));
        match self.source.fetch().await {
            Ok(keys) => {
                let keys = Arc::new(keys);
                self.note(|held| {
                    held.asked = Some((now, PAUSE));
                    held.fetched = Some((Arc::clone(&keys), now));
                });
                Ok(keys)
            }
            Err(reason) => {
                tracing::warn!(%reason, "the identity provider's keys could not be fetched");
                Err(KeysUnavailable::Unanswered(reason))
            }
        }
    }

    fn held(&self) -> Held {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }

    fn note(&self, change: impl FnOnce(&mut Held)) {
        change(&mut self.held.write().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Held {
    fn usable(&self, kid: &str, now: Timestamp) -> Option<Usable> {
        let (keys, since) = self.fetched.as_ref()?;
        let key = keys.find(kid).filter(|_| is_within(*since, STALE, now))?;
        Some(Usable {
            key: Arc::clone(key),
            fresh: is_within(*since, FRESH, now),
        })
    }

    fn is_paused(&self, now: Timestamp) -> bool {
        self.asked
            .is_some_and(|(since, pause)| is_within(since, pause, now))
    }
}

/// Whether `now` is in the `span` after `since`. A clock that was set back is outside of it.
fn is_within(since: Timestamp, span: Duration, now: Timestamp) -> bool {
    since <= now && now < since.plus(span)
}

#[cfg(test)]
mod tests;
