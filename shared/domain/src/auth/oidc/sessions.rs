//! Session contexts for identities that an OpenID provider vouches for (auth contract, 7).

use std::sync::Arc;

use async_trait::async_trait;

use super::claims::Claims;
use super::keyring::Keyring;
use super::verifier::{OidcConfig, Verifier};
use crate::auth::provisioning::{Placement, Provisioning};
use crate::auth::session::{
    Credentials, Origin, Resolution, Session, SessionError, SessionResolver, UserProfile,
};
use crate::auth::store::{Home, Identity, SessionStore};
use crate::clock::{Clock, Timestamp};

/// The id of this provider in sessions and variables.
pub const PROVIDER: &str = "oidc";

/// Resolves the tokens of an OpenID provider.
///
/// A session is as long as its token: there is nothing to refresh and nothing to sign out of here,
/// and who is signed out at the provider stays in until the token's `exp`. Place and role are read
/// for every request.
pub struct OidcSessions {
    config: OidcConfig,
    keyring: Keyring,
    sessions: Arc<dyn SessionStore>,
    provisioning: Provisioning,
    clock: Arc<dyn Clock>,
}

/// Somebody whom a verified token names.
struct Person {
    subject: String,
    identity: Identity,
    expires_at: Timestamp,
}

impl OidcSessions {
    /// The resolver of the tokens that `config` admits and `keyring` proves.
    pub fn new(
        config: OidcConfig,
        keyring: Keyring,
        sessions: Arc<dyn SessionStore>,
        provisioning: Provisioning,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            config,
            keyring,
            sessions,
            provisioning,
            clock,
        }
    }

    async fn prove(&self, credentials: &Credentials) -> Result<Option<Person>, SessionError> {
        let Some(token) = &credentials.access else {
            return Ok(None);
        };
        let verifier = Verifier::new(&self.config, &self.keyring);
        let claims = verifier.verify(token, self.clock.now()).await?;
        Ok(claims.and_then(|claims| self.person(&claims)))
    }

    fn person(&self, claims: &Claims) -> Option<Person> {
        let subject = claims.subject()?;
        Some(Person {
            subject: subject.to_owned(),
            identity: Identity {
                provider: PROVIDER,
                provider_user_id: self.global_id(subject),
                email: claims.email(&self.config.email_claim),
                display_name: claims.display_name(&self.config.name_claim),
            },
            expires_at: claims.ends()?,
        })
    }

    /// A subject means something together with its issuer only (OpenID Connect Core, 5.7): after a
    /// change of provider, `1` of the new one must not become `1` of the old one.
    fn global_id(&self, subject: &str) -> String {
        format!("{}#{subject}", self.config.issuer)
    }

    async fn session(
        &self,
        person: Person,
        invite: Option<&str>,
    ) -> Result<Resolution, SessionError> {
        let known = self.sessions.known(&person.identity).await?;
        let (profile, home) = match known {
            Some(known) => (Some(known.user), known.home),
            None => (None, None),
        };
        let placement = match home {
            Some(home) => Placement::at(home),
            None => {
                self.provisioning
                    .place(&person.identity, profile.is_some(), invite)
                    .await?
            }
        };
        Ok(Resolution {
            session: placement.home.map(|home| session(person, profile, home)),
            renewed: None,
            invite_accepted: placement.invite_accepted,
        })
    }
}

/// The token says who somebody is now; what was kept when they first came fills the gaps.
fn session(person: Person, kept: Option<UserProfile>, home: Home) -> Session {
    let (email, display_name) = kept.map_or((None, None), |kept| (kept.email, kept.display_name));
    Session {
        provider: PROVIDER.to_owned(),
        provider_user_id: person.subject,
        user: UserProfile {
            id: home.user,
            email: person.identity.email.or(email),
            display_name: person.identity.display_name.or(display_name),
        },
        workspace: home.workspace,
        role: home.role,
        expires_at: person.expires_at,
        deployment_admin: home.deployment_admin,
        authorization_revision: home.authorization_revision,
    }
}

#[async_trait]
impl SessionResolver for OidcSessions {
    /// Checking a token may take the provider's keys, which may have to be fetched.
    fn claimed(&self, _credentials: &Credentials) -> Option<String> {
        None
    }

    async fn resolve(
        &self,
        credentials: &Credentials,
        _origin: &Origin,
    ) -> Result<Resolution, SessionError> {
        match self.prove(credentials).await? {
            Some(person) => self.session(person, credentials.invite.as_deref()).await,
            None => Ok(Resolution::default()),
        }
    }
}
