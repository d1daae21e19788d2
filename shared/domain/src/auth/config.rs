//! What the auth services need to know of a deployment.

use std::time::Duration;

use super::email::Email;
use super::password::HashCost;
use super::seal::Seal;
use super::token::Tokens;
use crate::invite::InviteKey;

/// The id of this provider in sessions and variables.
pub const PROVIDER: &str = "basic-auth";

/// Who may register, what tokens are made of, what hashes cost.
#[derive(Clone)]
pub struct AuthConfig {
    /// Makes and reads tokens.
    pub tokens: Tokens,
    /// Seals the token that a rotated row keeps.
    pub seal: Seal,
    /// How long a rotated refresh token may still be presented.
    pub rotation_grace: Duration,
    /// Who may register.
    pub registration: Registration,
    /// Signs and checks invites; without it nobody can be invited.
    pub invites: Option<InviteKey>,
    /// How long an invite lives unless its maker says otherwise.
    pub invite_ttl: Duration,
    /// What a failed provisioning looks like from outside.
    pub provisioning_failure: ProvisioningFailure,
    /// The address of the account that exists from the start: it may always have a first session.
    pub bootstrap_email: Option<Email>,
    /// Words of the place, for instance the company's name, which a new password may hold but not
    /// be made of.
    pub blocked_words: Vec<String>,
    /// What a new hash costs.
    pub hash_cost: HashCost,
    /// How many hashes may run at once in this process.
    pub hashes_at_once: usize,
}

/// Who may register (auth contract, 7.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Anybody.
    Open,
    /// Anybody with a valid invite.
    InviteOnly,
    /// Nobody.
    Disabled,
}

/// What a failed provisioning looks like from outside (auth contract, 7.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvisioningFailure {
    /// The error itself.
    Throw,
    /// As if nobody were signed in.
    Unauthenticated,
    /// 503.
    ServiceUnavailable,
}
