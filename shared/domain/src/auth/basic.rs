//! Session contexts for password accounts (auth contract, 7).

use std::sync::Arc;

use async_trait::async_trait;

use super::account::Account;
use super::config::{AuthConfig, PROVIDER, ProvisioningFailure, Registration};
use super::email::Email;
use super::rotation::Rotator;
use super::session::{
    Credentials, Origin, RenewedTokens, Resolution, Session, SessionError, SessionResolver,
    UserProfile,
};
use super::store::{AccountStore, Claimed, FreshIds, Home, Identity, SessionStore, Standing};
use crate::clock::{Clock, Timestamp};
use crate::ids::{Ids, UserId, WorkspaceId};

/// Resolves the tokens of the basic-auth provider.
///
/// Nothing is cached between requests: a revocation, a role or a switched workspace counts from
/// the next request on.
#[derive(Clone)]
pub struct BasicAuthSessions {
    config: Arc<AuthConfig>,
    sessions: Arc<dyn SessionStore>,
    rotator: Rotator,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

/// A living session, and the token pair if it was renewed on the way.
struct Alive {
    standing: Standing,
    expires_at: Timestamp,
    renewed: Option<RenewedTokens>,
}

impl BasicAuthSessions {
    /// The resolver over its stores.
    pub fn new(
        config: Arc<AuthConfig>,
        accounts: Arc<dyn AccountStore>,
        sessions: Arc<dyn SessionStore>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Self {
        let rotator = Rotator {
            config: Arc::clone(&config),
            accounts,
            clock: Arc::clone(&clock),
            ids: Arc::clone(&ids),
        };
        Self {
            config,
            sessions,
            rotator,
            clock,
            ids,
        }
    }

    /// The living session that the credentials prove: by the access token, or else by the refresh
    /// token, which is rotated then (auth contract, 5.5).
    async fn prove(
        &self,
        credentials: &Credentials,
        origin: &Origin,
    ) -> Result<Option<Alive>, SessionError> {
        if let Some(access) = &credentials.access
            && let Some(alive) = self.by_access(access, None).await?
        {
            return Ok(Some(alive));
        }
        let Some(refresh) = &credentials.refresh else {
            return Ok(None);
        };
        match self.rotator.present(refresh, origin).await? {
            Some(tokens) => {
                let access = tokens.access.clone();
                self.by_access(&access, Some(tokens)).await
            }
            None => Ok(None),
        }
    }

    async fn by_access(
        &self,
        token: &str,
        renewed: Option<RenewedTokens>,
    ) -> Result<Option<Alive>, SessionError> {
        let now = self.clock.now();
        let Some(claims) = self.config.tokens.read_access(token, now) else {
            return Ok(None);
        };
        let claimed = Claimed {
            session: &claims.sid,
            account: &claims.sub,
            token_version: claims.ver,
        };
        let standing = self.sessions.standing(claimed, now).await?;
        Ok(standing.map(|standing| Alive {
            standing,
            expires_at: Timestamp::from_seconds(claims.exp),
            renewed,
        }))
    }

    /// The place of an account that has none, or a stale one.
    async fn settle(&self, standing: &Standing) -> Result<Home, SessionError> {
        if standing.user.is_none() {
            self.admit(&standing.account)?;
        }
        let identity = Identity {
            provider: PROVIDER,
            provider_user_id: standing.account.id.as_str().to_owned(),
            email: Some(standing.account.email.clone()),
            display_name: standing.account.display_name.clone(),
        };
        let fresh = FreshIds {
            user: UserId::new(self.ids.uuid()),
            workspace: WorkspaceId::new(self.ids.uuid()),
        };
        let now = self.clock.now();
        Ok(self.sessions.provision(&identity, &fresh, now).await?)
    }

    /// Whether an unknown identity may become a user (auth contract, 7.5 and 7.6). The account
    /// that exists from the start always may: somebody must be able to invite others.
    fn admit(&self, account: &Account) -> Result<(), SessionError> {
        let bootstrap = self.config.bootstrap_email.as_ref();
        if bootstrap.is_some_and(|email| *email == Email::normalized(&account.email)) {
            return Ok(());
        }
        match self.config.registration {
            Registration::Open => Ok(()),
            Registration::InviteOnly => Err(SessionError::InviteRequired),
            Registration::Disabled => Err(SessionError::RegistrationDisabled),
        }
    }

    /// The deployment's choice of what a failed provisioning looks like (auth contract, 7.4).
    fn soften(&self, error: SessionError) -> Result<Option<Home>, SessionError> {
        match self.config.provisioning_failure {
            ProvisioningFailure::Throw => Err(error),
            ProvisioningFailure::Unauthenticated => {
                tracing::warn!(%error, "provisioning failed; the request counts as anonymous");
                Ok(None)
            }
            ProvisioningFailure::ServiceUnavailable => {
                Err(SessionError::ProvisioningUnavailable(Box::new(error)))
            }
        }
    }
}

#[async_trait]
impl SessionResolver for BasicAuthSessions {
    async fn resolve(
        &self,
        credentials: &Credentials,
        origin: &Origin,
    ) -> Result<Resolution, SessionError> {
        let Some(alive) = self.prove(credentials, origin).await? else {
            return Ok(Resolution::default());
        };
        let home = match alive.standing.home.clone() {
            Some(home) => Some(home),
            None => match self.settle(&alive.standing).await {
                Ok(home) => Some(home),
                Err(error) => self.soften(error)?,
            },
        };
        let account = alive.standing.account;
        Ok(Resolution {
            session: home.map(|home| session(account, home, alive.expires_at)),
            renewed: alive.renewed,
            invite_accepted: false,
        })
    }
}

fn session(account: Account, home: Home, expires_at: Timestamp) -> Session {
    Session {
        provider: PROVIDER.to_owned(),
        provider_user_id: account.id.into_string(),
        user: UserProfile {
            id: home.user,
            email: Some(account.email),
            display_name: account.display_name,
        },
        workspace: home.workspace,
        role: home.role,
        expires_at,
        deployment_admin: home.deployment_admin,
        authorization_revision: home.authorization_revision,
    }
}
