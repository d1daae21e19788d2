//! Session contexts for password accounts (auth contract, 7).

use std::sync::Arc;

use async_trait::async_trait;

use super::account::Account;
use super::config::{AuthConfig, PROVIDER};
use super::provisioning::{Admission, Placement, Provisioning};
use super::rotation::Rotator;
use super::session::{
    Credentials, Origin, RenewedTokens, Resolution, Session, SessionError, SessionResolver,
    UserProfile,
};
use super::store::{AccountStore, Claimed, Home, Identity, SessionStore, Standing};
use crate::clock::{Clock, Timestamp};
use crate::ids::Ids;

/// Resolves the tokens of the basic-auth provider.
///
/// Nothing is cached between requests: a revocation, a role or a switched workspace counts from
/// the next request on.
#[derive(Clone)]
pub struct BasicAuthSessions {
    config: Arc<AuthConfig>,
    sessions: Arc<dyn SessionStore>,
    rotator: Rotator,
    provisioning: Provisioning,
    clock: Arc<dyn Clock>,
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
        let admission = Admission {
            registration: config.registration,
            failure: config.provisioning_failure,
            bootstrap_email: config.bootstrap_email.clone(),
            invites: config.invites.clone(),
        };
        let provisioning = Provisioning::new(
            admission,
            Arc::clone(&sessions),
            Arc::clone(&clock),
            Arc::clone(&ids),
        );
        let rotator = Rotator {
            config: Arc::clone(&config),
            accounts,
            clock: Arc::clone(&clock),
            ids,
        };
        Self {
            config,
            sessions,
            rotator,
            provisioning,
            clock,
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
            && let Some(alive) = self.by_access(access).await?
        {
            return Ok(Some(alive));
        }
        let Some(refresh) = &credentials.refresh else {
            return Ok(None);
        };
        match self.rotator.present(refresh, origin).await? {
            Some(tokens) => match self.by_access(&tokens.access).await {
                Ok(alive) => Ok(alive.map(|alive| Alive {
                    renewed: Some(tokens),
                    ..alive
                })),
                Err(error) => Err(error.after(Some(tokens))),
            },
            None => Ok(None),
        }
    }

    async fn by_access(&self, token: &str) -> Result<Option<Alive>, SessionError> {
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
            renewed: None,
        }))
    }
}

#[async_trait]
impl SessionResolver for BasicAuthSessions {
    fn claimed(&self, credentials: &Credentials) -> Option<String> {
        let access = credentials.access.as_deref()?;
        let claims = self.config.tokens.read_access(access, self.clock.now())?;
        Some(claims.sub.into_string())
    }

    async fn resolve(
        &self,
        credentials: &Credentials,
        origin: &Origin,
    ) -> Result<Resolution, SessionError> {
        let Some(alive) = self.prove(credentials, origin).await? else {
            return Ok(Resolution::default());
        };
        let Standing {
            account,
            user,
            home,
        } = alive.standing;
        let placement = if let Some(home) = home {
            Ok(Placement::at(home))
        } else {
            let invite = credentials.invite.as_deref();
            self.provisioning
                .place(&identity(&account), user.is_some(), invite)
                .await
        };
        let placement = match placement {
            Ok(placement) => placement,
            Err(error) => return Err(error.after(alive.renewed)),
        };
        let session = |home| session(account, home, alive.expires_at);
        Ok(Resolution {
            session: placement.home.map(session),
            renewed: alive.renewed,
            invite_accepted: placement.invite_accepted,
        })
    }
}

fn identity(account: &Account) -> Identity {
    Identity {
        provider: PROVIDER,
        provider_user_id: account.id.as_str().to_owned(),
        email: Some(account.email.clone()),
        display_name: account.display_name.clone(),
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
