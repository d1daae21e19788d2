//! From an identity that a provider vouches for to a user with a place (auth contract, 7.2 to
//! 7.6). What every provider shares: only how identities are proved differs.

use std::sync::Arc;

use super::config::{ProvisioningFailure, Registration};
use super::email::Email;
use super::session::SessionError;
use super::store::{FreshIds, Home, Identity, PresentedInvite, SessionStore};
use super::token::digest;
use crate::clock::Clock;
use crate::ids::{Ids, UserId, WorkspaceId};
use crate::invite::InviteKey;

/// Who may become a user, and what it looks like when that fails.
#[derive(Clone, Debug)]
pub struct Admission {
    /// Who may register.
    pub registration: Registration,
    /// What a failed provisioning looks like from outside.
    pub failure: ProvisioningFailure,
    /// The address of the account that exists from the start: it may always have a first session.
    pub bootstrap_email: Option<Email>,
    /// Checks invites, where registering takes one.
    pub invites: Option<InviteKey>,
}

/// Where an identity ended up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// The place; `None` where the deployment wants a failure to look like nobody being signed
    /// in.
    pub home: Option<Home>,
    /// An invite was used on the way.
    pub invite_accepted: bool,
}

impl Placement {
    /// A place that needed no invite.
    pub fn at(home: Home) -> Self {
        Self {
            home: Some(home),
            invite_accepted: false,
        }
    }
}

/// Gives identities their place.
#[derive(Clone)]
pub struct Provisioning {
    admission: Admission,
    store: Arc<dyn SessionStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl Provisioning {
    /// The service over `store`.
    pub fn new(
        admission: Admission,
        store: Arc<dyn SessionStore>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Self {
        Self {
            admission,
            store,
            clock,
            ids,
        }
    }

    /// The place of an identity that has none, or a stale one; `known` says that there is a user
    /// already. `invite` is the invite token that came along, if any.
    ///
    /// # Errors
    ///
    /// What stands in the way, in the form that the deployment chose.
    pub async fn place(
        &self,
        identity: &Identity,
        known: bool,
        invite: Option<&str>,
    ) -> Result<Placement, SessionError> {
        let settled = if known || self.is_free_to_join(identity) {
            self.provision(identity).await
        } else {
            self.admit(identity, invite).await
        };
        settled.or_else(|error| self.soften(error))
    }

    /// Whether an unknown identity may become a user just so (auth contract, 7.5 and 7.6). The
    /// account that exists from the start always may: somebody must be able to invite others.
    fn is_free_to_join(&self, identity: &Identity) -> bool {
        let email = identity.email.as_deref().map(Email::normalized);
        self.admission.registration == Registration::Open
            || (email.is_some() && email == self.admission.bootstrap_email)
    }

    async fn provision(&self, identity: &Identity) -> Result<Placement, SessionError> {
        let (fresh, now) = (self.fresh(), self.clock.now());
        let home = self.store.provision(identity, &fresh, now).await?;
        Ok(Placement::at(home))
    }

    /// Lets an unknown identity in by an invite for its own address (auth contract, 7.6).
    async fn admit(
        &self,
        identity: &Identity,
        invite: Option<&str>,
    ) -> Result<Placement, SessionError> {
        if self.admission.registration != Registration::InviteOnly {
            return Err(SessionError::RegistrationDisabled);
        }
        let token = invite.ok_or(SessionError::InviteRequired)?;
        let key = self.admission.invites.as_ref();
        let key = key.ok_or(SessionError::InviteSecretMissing)?;
        let now = self.clock.now();
        let claims = key.read(token, now).ok_or(SessionError::InviteInvalid)?;
        let email = identity.email.as_deref().map(Email::normalized);
        let email = email.filter(|email| claims.is_for(email));
        let presented = PresentedInvite {
            workspace: &claims.workspace_id,
            email: &email.ok_or(SessionError::InviteInvalid)?,
            token_hash: &digest(token),
        };
        let fresh = self.fresh();
        let home = self
            .store
            .accept_invite(presented, identity, &fresh, now)
            .await?;
        Ok(Placement {
            home: Some(home.ok_or(SessionError::InviteInvalid)?),
            invite_accepted: true,
        })
    }

    fn fresh(&self) -> FreshIds {
        FreshIds {
            user: UserId::new(self.ids.uuid()),
            workspace: WorkspaceId::new(self.ids.uuid()),
        }
    }

    /// The deployment's choice of what a failed provisioning looks like (auth contract, 7.4).
    fn soften(&self, error: SessionError) -> Result<Placement, SessionError> {
        match self.admission.failure {
            ProvisioningFailure::Throw => Err(error),
            ProvisioningFailure::Unauthenticated => {
                tracing::warn!(%error, "provisioning failed; the request counts as anonymous");
                Ok(Placement::default())
            }
            ProvisioningFailure::ServiceUnavailable => {
                Err(SessionError::ProvisioningUnavailable(Box::new(error)))
            }
        }
    }
}
