use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use super::*;
use crate::auth::oidc::fixture::{Signer, jwks};

/// A provider that publishes the keys of these ids, or does not answer.
#[derive(Default)]
struct Provider {
    kids: std::sync::Mutex<Option<Vec<&'static str>>>,
    asked: AtomicUsize,
}

impl Provider {
    fn publishes(&self, kids: &[&'static str]) {
        *self.kids.lock().expect("no panic") = Some(kids.to_vec());
    }

    fn is_away(&self) {
        *self.kids.lock().expect("no panic") = None;
    }

    fn times_asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl KeySource for Provider {
    async fn fetch(&self) -> Result<KeySet, String> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        // Lets others arrive while the answer is under way.
        tokio::task::yield_now().await;
        let kids = self.kids.lock().expect("no panic").clone();
        let kids = kids.ok_or_else(|| "away".to_owned())?;
        let keys: Vec<_> = kids.iter().map(|kid| Signer::p256(kid).jwk()).collect();
        KeySet::parse(&jwks(&keys)).map_err(|error| error.to_string())
    }
}

#[derive(Default)]
struct Hands(AtomicI64);

impl Hands {
    fn advance(&self, span: Duration) {
        let millis = i64::try_from(span.as_millis()).expect("a span of tests");
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

struct Scene {
    provider: Arc<Provider>,
    clock: Arc<Hands>,
    keyring: Keyring,
}

fn scene(kids: &[&'static str]) -> Scene {
    let (provider, clock) = (Arc::new(Provider::default()), Arc::new(Hands::default()));
    provider.publishes(kids);
    Scene {
        keyring: Keyring::new(Arc::clone(&provider) as _, Arc::clone(&clock) as _),
        provider,
        clock,
    }
}

impl Scene {
    async fn has(&self, kid: &str) -> Result<bool, KeysUnavailable> {
        self.keyring.find(kid).await.map(|key| key.is_some())
    }
}

const MOMENT: Duration = Duration::from_millis(1);

#[tokio::test]
async fn fresh_keys_are_used_without_asking() {
    let scene = scene(&["a"]);
    assert_eq!(scene.has("a").await, Ok(true));
    scene.clock.advance(FRESH.saturating_sub(MOMENT));
    assert_eq!(scene.has("a").await, Ok(true));
    assert_eq!(scene.provider.times_asked(), 1);
    scene.clock.advance(MOMENT);
    assert_eq!(scene.has("a").await, Ok(true));
    assert_eq!(scene.provider.times_asked(), 2);
}

#[tokio::test]
async fn a_rotated_key_is_found_when_its_first_token_comes() {
    let scene = scene(&["a"]);
    assert_eq!(scene.has("a").await, Ok(true));
    scene.clock.advance(PAUSE);
    scene.provider.publishes(&["a", "b"]);
    assert_eq!(scene.has("b").await, Ok(true));
    assert_eq!(scene.has("a").await, Ok(true));
    assert_eq!(scene.provider.times_asked(), 2);
}

#[tokio::test]
async fn a_withdrawn_key_stops_counting_when_fresh_ones_arrive() {
    let scene = scene(&["a"]);
    assert_eq!(scene.has("a").await, Ok(true));
    scene.provider.publishes(&["b"]);
    scene.clock.advance(FRESH);
    assert_eq!(scene.has("a").await, Ok(false));
}

#[tokio::test]
async fn made_up_ids_make_us_ask_once_in_a_pause_and_are_not_called_forged_meanwhile() {
    let scene = scene(&["a"]);
    assert_eq!(scene.has("x0").await, Ok(false), "asked for it");
    for kid in ["x1", "x2", "x0"] {
        assert_eq!(scene.has(kid).await, Err(KeysUnavailable::Paused));
    }
    assert_eq!(scene.has("a").await, Ok(true));
    assert_eq!(scene.provider.times_asked(), 1);
    scene.clock.advance(PAUSE);
    assert_eq!(scene.has("x3").await, Ok(false));
    assert_eq!(scene.provider.times_asked(), 2);
}

#[tokio::test]
async fn a_provider_that_is_away_is_an_error_and_is_asked_again_soon() {
    let scene = scene(&["a"]);
    scene.provider.is_away();
    let away = Err(KeysUnavailable::Unanswered("away".to_owned()));
    assert_eq!(scene.has("a").await, away);
    assert_eq!(scene.has("a").await, Err(KeysUnavailable::Paused));
    assert_eq!(scene.provider.times_asked(), 1);
    scene.provider.publishes(&["a"]);
    scene.clock.advance(RETRY);
    assert_eq!(scene.has("a").await, Ok(true));
}

#[tokio::test]
async fn old_keys_bridge_an_outage_up_to_their_bound() {
    let scene = scene(&["a"]);
    assert_eq!(scene.has("a").await, Ok(true));
    scene.provider.is_away();
    scene.clock.advance(STALE.saturating_sub(MOMENT));
    assert_eq!(scene.has("a").await, Ok(true));
    assert_eq!(scene.has("a").await, Ok(true), "without asking again");
    assert_eq!(scene.provider.times_asked(), 2);
    scene.clock.advance(RETRY);
    assert!(scene.has("a").await.is_err());
}

#[tokio::test]
async fn an_answer_without_usable_keys_replaces_nothing() {
    let scene = scene(&["a"]);
    assert_eq!(scene.has("a").await, Ok(true));
    scene.provider.publishes(&[]);
    scene.clock.advance(FRESH);
    assert_eq!(scene.has("a").await, Ok(true));
    assert!(scene.has("b").await.is_err());
}

#[tokio::test]
async fn requests_that_arrive_together_ask_once() {
    let scene = scene(&["a"]);
    let (one, two, three) = tokio::join!(scene.has("a"), scene.has("a"), scene.has("a"));
    assert_eq!((one, two, three), (Ok(true), Ok(true), Ok(true)));
    assert_eq!(scene.provider.times_asked(), 1);
}

#[tokio::test]
async fn whoever_has_an_old_key_does_not_wait_for_the_new_one() {
    let scene = scene(&["a"]);
    assert_eq!(scene.has("a").await, Ok(true));
    scene.clock.advance(FRESH);
    let turn = scene.keyring.asking.lock().await;
    assert_eq!(scene.has("a").await, Ok(true));
    drop(turn);
    assert_eq!(scene.provider.times_asked(), 1);
}

#[tokio::test]
async fn a_clock_that_was_set_back_makes_us_ask_and_keeps_nobody_out() {
    let scene = scene(&["a"]);
    scene.clock.advance(STALE);
    assert_eq!(scene.has("a").await, Ok(true));
    scene.clock.0.store(0, Ordering::SeqCst);
    assert_eq!(scene.has("a").await, Ok(true));
    assert_eq!(scene.provider.times_asked(), 2);
}
