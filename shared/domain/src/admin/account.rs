//! The super admin's credential: signing in and changing the password (auth contract, 3.5 and
//! 10.5).

use std::sync::Arc;

use async_trait::async_trait;
use subtle::ConstantTimeEq;

use super::error::AdminError;
use super::strength::lacking;
use super::token::AdminTokens;
use crate::auth::PasswordHashing;
use crate::auth::password::Verdict;
use crate::clock::{Clock, Timestamp};
use crate::store::StoreError;

/// The credential as it is kept.
#[derive(Clone)]
pub struct AdminCredential {
    /// The name, compared to the letter.
    pub username: String,
    /// The hash of the password.
    pub password_hash: String,
}

/// Where the one credential of the super admin is kept. Each method is one transaction and one
/// round trip.
#[async_trait]
pub trait AdminCredentials: Send + Sync {
    /// The credential, once there is one.
    async fn load(&self) -> Result<Option<AdminCredential>, StoreError>;

    /// Keeps `credential` if none is kept yet, and returns the one that stands then: of several
    /// calls at once, in any number of processes, all return the same.
    async fn keep(
        &self,
        credential: &AdminCredential,
        now: Timestamp,
    ) -> Result<AdminCredential, StoreError>;

    /// Puts the hash `new` in the place of `old`, if that is still the one, and says whether it
    /// did.
    async fn replace(&self, old: &str, new: &str, now: Timestamp) -> Result<bool, StoreError>;
}

/// The name and password that the deployment names for the first sign-in. Once a credential is
/// kept, they count for nothing any more.
#[derive(Clone)]
pub struct AdminLogin {
    /// The name.
    pub username: String,
    /// The password.
    pub password: String,
}

/// Signs the super admin in, and changes their password.
#[derive(Clone)]
pub struct AdminAccount {
    first: AdminLogin,
    tokens: AdminTokens,
    store: Arc<dyn AdminCredentials>,
    hashing: PasswordHashing,
    clock: Arc<dyn Clock>,
}

impl AdminAccount {
    /// The account over `store`, which begins with `first`.
    pub fn new(
        first: AdminLogin,
        tokens: AdminTokens,
        store: Arc<dyn AdminCredentials>,
        hashing: PasswordHashing,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            first,
            tokens,
            store,
            hashing,
            clock,
        }
    }

    /// A token and the stored name, for whoever knows name and password. A wrong name costs what a
    /// wrong password costs: the same hash is computed and the same rows are read. The first
    /// sign-in that anybody tries keeps the credential that the deployment named. An outdated hash
    /// is renewed on the way.
    ///
    /// # Errors
    ///
    /// [`AdminError::InvalidCredentials`] whichever of the two is wrong.
    pub async fn sign_in(
        &self,
        username: &str,
        password: &str,
    ) -> Result<(String, String), AdminError> {
        let kept = self.kept().await?;
        let hash = kept.password_hash.as_str();
        let verdict = self.hashing.verify(password, Some(hash)).await?;
        let named: bool = username.as_bytes().ct_eq(kept.username.as_bytes()).into();
        let Verdict::Right { outdated } = verdict else {
            return Err(AdminError::InvalidCredentials);
        };
        if !named {
            return Err(AdminError::InvalidCredentials);
        }
        let now = self.clock.now();
        if outdated {
            let renewed = self.hashing.hash(password).await?;
            // Whoever was faster has renewed or changed it: then this sign-in stays what it is.
            self.store.replace(hash, &renewed, now).await?;
        }
        let token = self.tokens.mint(&kept.username, now)?;
        Ok((token, kept.username))
    }

    /// Replaces the password. Tokens stay valid until they end (10.4).
    ///
    /// # Errors
    ///
    /// [`AdminError::WrongPassword`] when `current` is wrong or was changed meanwhile,
    /// [`AdminError::Weak`] when `new` is no strong password.
    pub async fn change_password(&self, current: &str, new: &str) -> Result<(), AdminError> {
        let kept = self.store.load().await?;
        let kept = kept.ok_or(AdminError::CredentialMissing)?;
        let old = kept.password_hash.as_str();
        if self.hashing.verify(current, Some(old)).await? == Verdict::Wrong {
            return Err(AdminError::WrongPassword);
        }
        let lacking = lacking(new);
        if !lacking.is_empty() {
            return Err(AdminError::Weak(lacking));
        }
        let hash = self.hashing.hash(new).await?;
        if self.store.replace(old, &hash, self.clock.now()).await? {
            Ok(())
        } else {
            Err(AdminError::WrongPassword)
        }
    }

    async fn kept(&self) -> Result<AdminCredential, AdminError> {
        if let Some(kept) = self.store.load().await? {
            return Ok(kept);
        }
        let first = AdminCredential {
            username: self.first.username.clone(),
            password_hash: self.hashing.hash(&self.first.password).await?,
        };
        Ok(self.store.keep(&first, self.clock.now()).await?)
    }
}
