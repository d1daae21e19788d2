//! Making invites.

use std::sync::Arc;
use std::time::Duration;

use super::error::InviteError;
use super::store::{InviteStore, NewInvite};
use super::token::{InviteClaims, InviteKey};
use crate::access::Role;
use crate::auth::{AuthConfig, Email, digest};
use crate::clock::{Clock, Timestamp};
use crate::ids::{Ids, WorkspaceId};
use crate::workspace::Authority;

/// Makes invites and their tokens.
#[derive(Clone)]
pub struct Invites {
    key: Option<InviteKey>,
    lifetime: Duration,
    store: Arc<dyn InviteStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

/// What somebody wants to hand out.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// The workspace to join.
    pub workspace: WorkspaceId,
    /// Who invites.
    pub authority: Authority,
    /// Whose invite it is.
    pub email: Email,
    /// The role that it gives.
    pub role: Role,
    /// How long it lives, if not as long as usual here.
    pub lifetime: Option<Duration>,
}

/// An invite that was made, with the token that is never shown again.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The invite's id.
    pub id: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The token to send.
    pub token: String,
}

impl Invites {
    /// The service over `store`.
    pub fn new(
        config: &AuthConfig,
        store: Arc<dyn InviteStore>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Self {
        Self {
            key: config.invites.clone(),
            lifetime: config.invite_ttl,
            store,
            clock,
            ids,
        }
    }

    /// The invites themselves.
    pub fn store(&self) -> &dyn InviteStore {
        self.store.as_ref()
    }

    /// Makes an invite (auth contract, 3.7). Row and token end in the same second.
    ///
    /// # Errors
    ///
    /// [`InviteError::SecretMissing`] without a secret, and those of the store.
    pub async fn issue(&self, wanted: &Invitation) -> Result<Issued, InviteError> {
        let key = self.key.as_ref().ok_or(InviteError::SecretMissing)?;
        let now = self.clock.now();
        let ends = now.plus(wanted.lifetime.unwrap_or(self.lifetime)).seconds();
        let token = key.sign(&InviteClaims {
            workspace_id: wanted.workspace.clone(),
            email: wanted.email.as_str().to_owned(),
            exp: ends,
        });
        let invite = NewInvite {
            id: self.ids.uuid(),
            workspace: wanted.workspace.clone(),
            email: wanted.email.clone(),
            role: wanted.role,
            invited_by: wanted.authority.clone(),
            token_hash: digest(&token),
            created_at: now,
            expires_at: Timestamp::from_seconds(ends),
        };
        self.store.create(&invite).await?;
        Ok(Issued {
            id: invite.id,
            expires_at: invite.expires_at,
            token,
        })
    }
}
