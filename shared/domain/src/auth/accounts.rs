//! What people do with password accounts (auth contract, 3.2).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::account::{Account, Credential, NewAccount};
use super::config::{AuthConfig, Registration};
use super::email::Email;
use super::error::AuthError;
use super::hashing::PasswordHashing;
use super::password::{self, Verdict};
use super::rotation::{Rotator, new_session};
use super::session::{Credentials, Origin, RenewedTokens};
use super::store::{AccountStore, PresentedInvite, Registered, Rehash};
use super::token::digest;
use crate::clock::Clock;
use crate::ids::{AccountId, Ids, SessionId};
use crate::invite::InviteClaims;

/// Signs in and out, registers, refreshes, changes passwords.
#[derive(Clone)]
pub struct Accounts {
    pub(super) config: Arc<AuthConfig>,
    pub(super) store: Arc<dyn AccountStore>,
    pub(super) clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    hashing: PasswordHashing,
}

/// Somebody who wants an account; the fields are valid by their own rules.
pub struct Registrant<'a> {
    /// The address.
    pub email: Email,
    /// The password.
    pub password: &'a str,
    /// The name to show.
    pub display_name: Option<String>,
    /// The invite token that came along.
    pub invite: Option<&'a str>,
}

/// A checked invite token.
struct Invited {
    claims: InviteClaims,
    token_hash: String,
}

impl Accounts {
    /// The service over `store`.
    pub fn new(
        config: Arc<AuthConfig>,
        store: Arc<dyn AccountStore>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Self {
        let hashing =
            PasswordHashing::new(config.hash_cost, config.hashes_at_once, Arc::clone(&ids));
        Self {
            config,
            store,
            clock,
            ids,
            hashing,
        }
    }

    /// Opens a session for whoever knows the password. An unknown address costs as much as a wrong
    /// password; an outdated hash is renewed on the way (auth contract, 3.2.1 and 6.2).
    pub async fn sign_in(
        &self,
        email: &Email,
        password: &str,
        origin: &Origin,
    ) -> Result<RenewedTokens, AuthError> {
        let credential = self.store.find_by_email(email).await?;
        let stored = credential
            .as_ref()
            .map(|found| found.password_hash.as_str());
        let verdict = self.hashing.verify(password, stored).await?;
        let (Some(credential), Verdict::Right { outdated }) = (credential, verdict) else {
            return Err(AuthError::InvalidCredentials);
        };
        let rehash = if outdated {
            Some(self.rehash(&credential, password).await?)
        } else {
            None
        };
        let account = credential.account;
        self.open(&account, rehash, origin).await
    }

    async fn rehash(&self, stored: &Credential, password: &str) -> Result<Rehash, AuthError> {
        Ok(Rehash {
            old: stored.password_hash.clone(),
            new: self.hashing.hash(password).await?,
        })
    }

    pub(super) async fn open(
        &self,
        account: &Account,
        rehash: Option<Rehash>,
        origin: &Origin,
    ) -> Result<RenewedTokens, AuthError> {
        let now = self.clock.now();
        let subject = (&account.id, account.token_version);
        let (session, refresh) =
            new_session(&self.config, self.ids.as_ref(), subject, origin, now, now);
        // The password may have been changed while the old one was verified.
        if !self.store.open_session(&session, rehash.as_ref()).await? {
            return Err(AuthError::InvalidCredentials);
        }
        let access = self
            .config
            .tokens
            .mint_access(account, &session.id, now, now);
        Ok(RenewedTokens { access, refresh })
    }

    /// Creates an account with its first session (auth contract, 3.2.2). The password is hashed
    /// whether the address is free or not.
    pub async fn register(
        &self,
        registrant: Registrant<'_>,
        origin: &Origin,
    ) -> Result<RenewedTokens, AuthError> {
        let invite = self.admit(&registrant)?;
        let password_hash = self.hashing.hash(registrant.password).await?;
        let now = self.clock.now();
        let account = Account {
            id: AccountId::new(self.ids.uuid()),
            email: registrant.email.as_str().to_owned(),
            display_name: registrant.display_name.clone(),
            token_version: 0,
        };
        let subject = (&account.id, account.token_version);
        let (session, refresh) =
            new_session(&self.config, self.ids.as_ref(), subject, origin, now, now);
        let new = NewAccount {
            id: account.id.clone(),
            email: registrant.email,
            password_hash,
            display_name: registrant.display_name,
            created_at: now,
        };
        let presented = invite.as_ref().map(|invite| PresentedInvite {
            workspace: &invite.claims.workspace_id,
            email: &new.email,
            token_hash: &invite.token_hash,
        });
        let registered = self.store.register(&new, Some(&session), presented).await?;
        match registered {
            Registered::Created => {}
            Registered::Taken => return Err(AuthError::InvalidCredentials),
            Registered::InviteRefused => return Err(AuthError::InviteRequired),
        }
        let access = self
            .config
            .tokens
            .mint_access(&account, &session.id, now, now);
        Ok(RenewedTokens { access, refresh })
    }

    /// Whether a new password is among the first that anybody would try for the person that
    /// `about` is about: their address, their name.
    pub fn is_guessable(&self, password: &str, about: &[&str]) -> bool {
        let words = self.config.blocked_words.iter().map(String::as_str);
        password::is_guessable(password, words.chain(about.iter().copied()))
    }

    /// Whether registering takes an invite here.
    pub fn takes_invites(&self) -> bool {
        self.config.registration == Registration::InviteOnly
    }

    /// Whether registering is open to them, and the invite where it takes one (auth contract,
    /// 7.6). The store is not asked for a token that cannot fit.
    fn admit(&self, registrant: &Registrant<'_>) -> Result<Option<Invited>, AuthError> {
        match self.config.registration {
            Registration::Open => return Ok(None),
            Registration::Disabled => return Err(AuthError::RegistrationDisabled),
            Registration::InviteOnly => {}
        }
        let key = self.config.invites.as_ref();
        let key = key.ok_or(AuthError::InvitesUnavailable)?;
        let token = registrant.invite.ok_or(AuthError::InviteRequired)?;
        let claims = key
            .read(token, self.clock.now())
            .filter(|claims| claims.is_for(&registrant.email))
            .ok_or(AuthError::InviteRequired)?;
        let token_hash = digest(token);
        Ok(Some(Invited { claims, token_hash }))
    }

    /// A new token pair for a refresh token (auth contract, 3.2.3).
    ///
    /// # Errors
    ///
    /// [`AuthError::SessionExpired`] whatever is wrong with the token.
    pub async fn refresh(
        &self,
        token: Option<&str>,
        origin: &Origin,
    ) -> Result<RenewedTokens, AuthError> {
        let token = token.ok_or(AuthError::SessionExpired)?;
        let tokens = self.rotator().present(token, origin).await?;
        tokens.ok_or(AuthError::SessionExpired)
    }

    fn rotator(&self) -> Rotator {
        Rotator {
            config: Arc::clone(&self.config),
            accounts: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            ids: Arc::clone(&self.ids),
        }
    }

    /// The account that a valid access token among `credentials` names, without asking any store:
    /// good enough to count by, not to let anybody in.
    pub fn claimed(&self, credentials: &Credentials) -> Option<AccountId> {
        let token = credentials.access.as_deref()?;
        let claims = self.config.tokens.read_access(token, self.clock.now())?;
        Some(claims.sub)
    }

    /// Revokes the sessions that valid tokens among `credentials` name, through their rotations
    /// (auth contract, 3.2.4). Other sessions of the account go on; without a valid token nothing happens.
    pub async fn sign_out(&self, credentials: &Credentials) -> Result<(), AuthError> {
        let now = self.clock.now();
        let tokens = &self.config.tokens;
        let access = credentials.access.as_deref();
        let access = access.and_then(|token| tokens.read_access(token, now));
        let refresh = credentials.refresh.as_deref();
        let refresh = refresh.and_then(|token| tokens.read_refresh(token, now));
        let access = access.map(|claims| (claims.sub, claims.sid));
        let refresh = refresh.map(|claims| (claims.sub, claims.sid));
        let mut named: BTreeMap<AccountId, Vec<SessionId>> = BTreeMap::new();
        for (account, session) in access.into_iter().chain(refresh) {
            named.entry(account).or_default().push(session);
        }
        // One account, unless somebody mixes cookies.
        for (account, sessions) in named {
            self.store.revoke(&account, &sessions, now).await?;
        }
        Ok(())
    }

    /// Replaces a password and ends every session of the account, this one included (auth
    /// contract, 3.2.5 and 5.6).
    ///
    /// # Errors
    ///
    /// [`AuthError::SessionExpired`] when the account is gone or was changed meanwhile,
    /// [`AuthError::InvalidCredentials`] when `current` is wrong.
    pub async fn change_password(
        &self,
        account: &AccountId,
        current: &str,
        new: &str,
    ) -> Result<(), AuthError> {
        let credential = self.store.find(account).await?;
        let credential = credential.ok_or(AuthError::SessionExpired)?;
        let stored = Some(credential.password_hash.as_str());
        if self.hashing.verify(current, stored).await? == Verdict::Wrong {
            return Err(AuthError::InvalidCredentials);
        }
        let hash = self.hashing.hash(new).await?;
        let now = self.clock.now();
        let account = &credential.account;
        if self.store.change_password(account, &hash, now).await? {
            Ok(())
        } else {
            Err(AuthError::SessionExpired)
        }
    }
}
