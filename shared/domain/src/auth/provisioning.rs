//! From an identity that a provider vouches for to a user with a place (auth contract, 7.2 to
//! 7.6). What every provider shares: only how identities are proved differs.

use std::sync::Arc;

use super::config::{ProvisioningFailure, Registration};
use super::email::Email;
use super::session::SessionError;
use super::store::{FreshIds, Home, Identity, SessionStore};
use crate::clock::Clock;
use crate::ids::{Ids, UserId, WorkspaceId};

/// Who may become a user, and what it looks like when that fails.
#[derive(Clone, Debug)]
pub struct Admission {
    /// Who may register.
    pub registration: Registration,
    /// What a failed provisioning looks like from outside.
    pub failure: ProvisioningFailure,
    /// The address of the account that exists from the start: it may always have a first session.
    pub bootstrap_email: Option<Email>,
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
    /// already. `None` where the deployment wants a failure to look like nobody being signed in.
    ///
    /// # Errors
    ///
    /// What stands in the way, in the form that the deployment chose.
    pub async fn place(
        &self,
        identity: &Identity,
        known: bool,
    ) -> Result<Option<Home>, SessionError> {
        match self.settle(identity, known).await {
            Ok(home) => Ok(Some(home)),
            Err(error) => self.soften(error),
        }
    }

    async fn settle(&self, identity: &Identity, known: bool) -> Result<Home, SessionError> {
        if !known {
            self.admit(identity)?;
        }
        let fresh = FreshIds {
            user: UserId::new(self.ids.uuid()),
            workspace: WorkspaceId::new(self.ids.uuid()),
        };
        let now = self.clock.now();
        Ok(self.store.provision(identity, &fresh, now).await?)
    }

    /// Whether an unknown identity may become a user (auth contract, 7.5 and 7.6). The account
    /// that exists from the start always may: somebody must be able to invite others.
    fn admit(&self, identity: &Identity) -> Result<(), SessionError> {
        let email = identity.email.as_deref().map(Email::normalized);
        if email.is_some() && email == self.admission.bootstrap_email {
            return Ok(());
        }
        match self.admission.registration {
            Registration::Open => Ok(()),
            Registration::InviteOnly => Err(SessionError::InviteRequired),
            Registration::Disabled => Err(SessionError::RegistrationDisabled),
        }
    }

    /// The deployment's choice of what a failed provisioning looks like (auth contract, 7.4).
    fn soften(&self, error: SessionError) -> Result<Option<Home>, SessionError> {
        match self.admission.failure {
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
