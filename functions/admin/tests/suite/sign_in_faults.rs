//! Signing the super admin in while a store is away: only wrong credentials are failures (auth
//! contract, 10.6).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use or3_domain::admin::{AdminCredential, AdminCredentials};
use or3_domain::audit::{Action, AuditLog, Entry, Head, NewEntry, Sealed};
use or3_domain::clock::Timestamp;
use or3_domain::store::StoreError;
use or3_testkit::Client;
use serde_json::json;

use crate::office::{Office, ROOT, ROOTS_PASSWORD, account_over};

/// Five times away.
struct Away<T: ?Sized> {
    left: AtomicU32,
    store: Arc<T>,
}

impl<T: ?Sized> Away<T> {
    fn new(store: Arc<T>) -> Arc<Self> {
        let left = AtomicU32::new(5);
        Arc::new(Self { left, store })
    }

    fn there(&self) -> Result<&T, StoreError> {
        let (before, after) = (Ordering::SeqCst, Ordering::SeqCst);
        let one_less = |left: u32| left.checked_sub(1);
        match self.left.fetch_update(before, after, one_less) {
            Ok(_) => Err(StoreError::Unavailable("away".to_owned())),
            Err(_) => Ok(&self.store),
        }
    }
}

#[async_trait]
impl AdminCredentials for Away<dyn AdminCredentials> {
    async fn load(&self) -> Result<Option<AdminCredential>, StoreError> {
        self.there()?.load().await
    }

    async fn keep(
        &self,
        credential: &AdminCredential,
        now: Timestamp,
    ) -> Result<AdminCredential, StoreError> {
        self.store.keep(credential, now).await
    }

    async fn replace(&self, old: &str, new: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.store.replace(old, new, now).await
    }
}

#[async_trait]
impl AuditLog for Away<dyn AuditLog> {
    async fn append(&self, entry: &NewEntry) -> Result<(), StoreError> {
        self.there()?.append(entry).await
    }

    async fn seal(&self, at_most: u32) -> Result<Sealed, StoreError> {
        self.store.seal(at_most).await
    }

    async fn head(&self) -> Result<Head, StoreError> {
        self.store.head().await
    }

    async fn newest(
        &self,
        before: Option<i64>,
        action: Option<Action>,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        self.store.newest(before, action, limit).await
    }

    async fn oldest(&self, after: i64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        self.store.oldest(after, limit).await
    }
}

async fn status(client: &Client, password: &str) -> u16 {
    let body = json!({"username": ROOT, "password": password});
    let answer = client.post("/api/admin/auth/login", &body).await;
    answer.status.as_u16()
}

/// The super admin's door while the store of their credential is away five times.
fn door_without_credentials(office: &Office) -> Client {
    let mut ports = office.ports.clone();
    let store = Away::new(office.state.admin_credentials());
    ports.account = Some(account_over(store, office.clock.clone()));
    Client::new(admin::router(ports))
}

#[tokio::test]
async fn a_store_that_is_away_takes_no_attempt() {
    let office = Office::new().await;
    let client = door_without_credentials(&office);
    for _ in 0..5 {
        assert_eq!(status(&client, ROOTS_PASSWORD).await, 503);
    }
    assert_eq!(status(&client, ROOTS_PASSWORD).await, 200);
}

#[tokio::test]
async fn an_audit_trail_that_is_away_takes_no_attempt() {
    let office = Office::new().await;
    let mut ports = office.ports.clone();
    ports.audit = Away::new(office.state.audit_log());
    let client = Client::new(admin::router(ports));
    for password in [ROOTS_PASSWORD, "wrong", "wrong", "wrong", "wrong"] {
        assert_eq!(status(&client, password).await, 503);
    }
    assert_eq!(status(&client, ROOTS_PASSWORD).await, 200);
}

#[tokio::test]
async fn a_store_that_is_away_gives_no_attempt_back_that_failed() {
    let office = Office::new().await;
    let client = door_without_credentials(&office);
    for _ in 0..5 {
        assert_eq!(status(&client, "wrong").await, 503);
    }
    for _ in 0..5 {
        assert_eq!(status(&client, "wrong").await, 401);
    }
    assert_eq!(status(&client, ROOTS_PASSWORD).await, 429);
}
