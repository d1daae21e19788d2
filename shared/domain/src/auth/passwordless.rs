//! Sessions for tests, which know no password.

use super::account::NewAccount;
use super::accounts::Accounts;
use super::email::Email;
use super::error::AuthError;
use super::session::{Origin, RenewedTokens};
use super::token::digest;
use crate::ids::AccountId;

impl Accounts {
    /// Opens a session of the account with this address, without a password: for tests. An account
    /// that is not there yet is made, with an id that the address decides and a password that is none,
    /// so that nobody can sign in to it otherwise.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn sign_in_as(
        &self,
        email: Email,
        display_name: Option<&str>,
        origin: &Origin,
    ) -> Result<RenewedTokens, AuthError> {
        let new = NewAccount {
            id: AccountId::new(format!("test-{}", &digest(email.as_str())[..32])),
            password_hash: String::new(),
            display_name: display_name.map(str::to_owned),
            created_at: self.clock.now(),
            email,
        };
        if let Some(found) = self.store.find_by_email(&new.email).await? {
            return self.open(&found.account, None, origin).await;
        }
        // Of several tests at once one makes it, and all find it.
        let _made_or_taken = self.store.register(&new, None, None).await?;
        let found = self.store.find_by_email(&new.email).await?;
        let found = found.ok_or(AuthError::InvalidCredentials)?;
        self.open(&found.account, None, origin).await
    }
}
