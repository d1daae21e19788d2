//! The account that exists from the start (auth contract, 6.3).

use std::sync::Arc;

use super::account::NewAccount;
use super::email::Email;
use super::error::AuthError;
use super::hashing::PasswordHashing;
use super::password::HashCost;
use super::store::{AccountStore, Registered};
use crate::clock::Clock;
use crate::ids::{AccountId, Ids};

/// An ordinary account that the deployment names, so that somebody can sign in where nobody may
/// register.
#[derive(Clone)]
pub struct BootstrapAccount {
    email: String,
    password: String,
    store: Arc<dyn AccountStore>,
    hashing: PasswordHashing,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl BootstrapAccount {
    /// The account of `(email, password)` in `store`; nothing happens yet.
    pub fn new(
        (email, password): (&str, &str),
        cost: HashCost,
        store: Arc<dyn AccountStore>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Self {
        Self {
            email: email.to_owned(),
            password: password.to_owned(),
            store,
            hashing: PasswordHashing::new(cost, 1, Arc::clone(&ids)),
            clock,
            ids,
        }
    }

    /// Creates the account, and says whether it did. An account with that address is left as it
    /// is, and nothing is hashed then; of several processes at once one creates it. The name to
    /// show is the address as typed.
    ///
    /// # Errors
    ///
    /// Those of the store and of hashing.
    pub async fn create(&self) -> Result<bool, AuthError> {
        let normal = Email::normalized(&self.email);
        if self.store.find_by_email(&normal).await?.is_some() {
            return Ok(false);
        }
        let account = NewAccount {
            id: AccountId::new(self.ids.uuid()),
            email: normal,
            password_hash: self.hashing.hash(&self.password).await?,
            display_name: Some(self.email.trim().to_owned()),
            created_at: self.clock.now(),
        };
        let registered = self.store.register(&account, None, None).await?;
        Ok(registered == Registered::Created)
    }
}
