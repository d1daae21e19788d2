//! The session context: who a request comes from, and in which workspace (auth contract, 7).

use std::borrow::Cow;
use std::fmt;

use async_trait::async_trait;

use super::oidc::KeysUnavailable;
use crate::access::{Role, Subject};
use crate::clock::Timestamp;
use crate::error::{DomainError, ErrorKind};
use crate::ids::{UserId, WorkspaceId};
use crate::store::StoreError;

/// A signed-in person as other members of their workspaces may see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserProfile {
    /// The internal user id, not the provider's.
    pub id: UserId,
    /// The address, when known.
    pub email: Option<String>,
    /// The name to show, when given.
    pub display_name: Option<String>,
}

/// A workspace by id and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceRef {
    /// The workspace's id.
    pub id: WorkspaceId,
    /// The workspace's name.
    pub name: String,
}

/// An authenticated session: identity, active workspace, role (auth contract, 7.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The auth provider's id, for instance `basic-auth`.
    pub provider: String,
    /// The identity at that provider.
    pub provider_user_id: String,
    /// The person.
    pub user: UserProfile,
    /// The active workspace.
    pub workspace: WorkspaceRef,
    /// The person's role in the active workspace.
    pub role: Role,
    /// When the access token ends.
    pub expires_at: Timestamp,
    /// Holds a deployment-wide administration grant.
    pub deployment_admin: bool,
    /// Grows whenever data that shapes access changes.
    pub authorization_revision: i64,
}

impl Session {
    /// The part of this session that [`can`](crate::access::can) looks at.
    pub fn subject(&self) -> Subject<'_> {
        Subject {
            role: self.role,
            workspace: &self.workspace.id,
            deployment_admin: self.deployment_admin,
        }
    }
}

/// What a request brought to prove who it is.
#[derive(Clone, Default)]
pub struct Credentials {
    /// The access token: ours from its cookie, or that of an identity provider.
    pub access: Option<String>,
    /// The refresh token, from its cookie.
    pub refresh: Option<String>,
    /// An invite token, where the first session of an unknown identity may need one.
    pub invite: Option<String>,
}

impl Credentials {
    /// Whether nothing was brought at all: then nobody is signed in, without asking any store.
    pub fn is_empty(&self) -> bool {
        self.access.is_none() && self.refresh.is_none()
    }
}

/// Where a request came from, as kept with a session row.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The client's address under the deployment's proxy rules.
    pub ip_address: Option<String>,
    /// The browser's own description.
    pub user_agent: Option<String>,
}

/// A new token pair that the response must carry (transparent refresh, auth contract 5.5).
#[derive(Clone, PartialEq, Eq)]
pub struct RenewedTokens {
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
}

/// Tokens are not shown, wherever this is printed.
impl fmt::Debug for RenewedTokens {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("RenewedTokens")
    }
}

/// The outcome of resolving a request's credentials.
#[derive(Clone, Default)]
pub struct Resolution {
    /// The session; `None` is a verified absence, never a fault.
    pub session: Option<Session>,
    /// A token pair to set as cookies, when the refresh token was used on the way.
    pub renewed: Option<RenewedTokens>,
    /// The invite in the credentials was accepted and its cookie can go.
    pub invite_accepted: bool,
}

/// Why a session could not be resolved although it might exist.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The identity is valid, unknown here, and nobody new may register (auth contract, 7.5).
    #[error("registration is disabled")]
    RegistrationDisabled,
    /// The identity is valid and unknown, and an invite is needed (7.6).
    #[error("an invite is required")]
    InviteRequired,
    /// The invite that came along does not fit (7.6).
    #[error("the invite is invalid")]
    InviteInvalid,
    /// Invites are required and this deployment has no secret to check them with (7.6).
    #[error("no invite secret is configured")]
    InviteSecretMissing,
    /// Provisioning failed and the deployment wants that told as 503 (7.4).
    #[error("provisioning failed: {0}")]
    ProvisioningUnavailable(Box<SessionError>),
    /// The refresh token was used up on the way to the trouble: the response must carry the new
    /// pair all the same (1.2 and 5.5), or the next use of the old one would count as theft.
    #[error("{cause}")]
    Renewed {
        /// What has taken the place of the tokens that were presented.
        tokens: RenewedTokens,
        /// The trouble itself.
        #[source]
        cause: Box<SessionError>,
    },
    /// The identity provider is needed to check a token, and does not answer (3.1).
    #[error(transparent)]
    IdentityProvider(#[from] KeysUnavailable),
    /// The store failed. Never reported as "no session": clients would wipe local data (3.1).
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SessionError {
    /// The same trouble, after `tokens` were made on the way.
    pub(super) fn after(self, tokens: Option<RenewedTokens>) -> Self {
        match tokens {
            Some(tokens) => Self::Renewed {
                tokens,
                cause: Box::new(self),
            },
            None => self,
        }
    }
}

impl DomainError for SessionError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::RegistrationDisabled | Self::InviteRequired | Self::InviteInvalid => {
                ErrorKind::Forbidden
            }
            Self::InviteSecretMissing
            | Self::ProvisioningUnavailable(_)
            | Self::IdentityProvider(_) => ErrorKind::Unavailable,
            Self::Renewed { cause, .. } => cause.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::RegistrationDisabled => {
                "Registration is currently disabled. Please contact an administrator.".into()
            }
            Self::InviteRequired => "A valid invite is required to register.".into(),
            Self::InviteInvalid => "Invite token is invalid or expired.".into(),
            Self::InviteSecretMissing => {
                "Invite-only registration is enabled but invite token secret is not configured."
                    .into()
            }
            Self::ProvisioningUnavailable(_) => "Service Unavailable".into(),
            Self::IdentityProvider(_) => "Identity provider temporarily unavailable".into(),
            Self::Renewed { cause, .. } => cause.message(),
            Self::Store(error) => error.message(),
        }
    }
}

/// Turns credentials into a session: the service that every function but `health` asks first.
#[async_trait]
pub trait SessionResolver: Send + Sync {
    /// The `provider_user_id` of the session that the access token would resolve to if that session
    /// still lives, without asking anybody; `None` where that cannot be known.
    fn claimed(&self, credentials: &Credentials) -> Option<String>;

    /// Resolves `credentials` (auth contract, 5.5 and 7.2).
    ///
    /// A usable access token costs one round trip. Without one, a usable refresh token is rotated
    /// and the new pair comes back in the resolution, or in the error when anything fails after that
    /// ([`SessionError::Renewed`]). An identity that is not known yet is
    /// provisioned with a default workspace, exactly once however many requests arrive together.
    async fn resolve(
        &self,
        credentials: &Credentials,
        origin: &Origin,
    ) -> Result<Resolution, SessionError>;
}
