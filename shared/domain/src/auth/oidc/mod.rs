//! Identities that somebody else proves: an OpenID provider signs a token, and it is checked here,
//! without asking the provider for each (RFC 7519 and 8725; OpenID Connect Core 1.0, 3.1.3.7).
//!
//! [`KeySet`] knows the provider's public keys and what each of them may sign, [`Keyring`] decides
//! when they are fetched through the port [`KeySource`], [`Verifier`] reads tokens, and
//! [`OidcSessions`] makes sessions of them.

mod claims;
#[cfg(test)]
mod fixture;
mod jwk;
mod key;
mod keyring;
mod sessions;
mod token;
mod verifier;

pub use claims::Claims;
pub use jwk::{KeySet, KeySetError};
pub use key::VerifyingKey;
pub use keyring::{FRESH, KeySource, Keyring, KeysUnavailable, PAUSE, RETRY, STALE};
pub use sessions::{OidcSessions, PROVIDER};
pub use verifier::{LEEWAY, OidcConfig, Verifier};
