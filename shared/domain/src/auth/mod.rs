//! Signing in: accounts, passwords, tokens, rotating refresh sessions, and the session context
//! that every other function asks for.

mod account;
mod accounts;
mod basic;
mod bootstrap;
mod common;
mod config;
mod email;
mod error;
mod hashing;
pub mod jwt;
pub mod oidc;
mod own_sessions;
pub mod password;
mod passwordless;
mod provisioning;
pub mod refresh;
mod rotation;
mod seal;
mod session;
mod store;
mod surroundings;
mod token;

pub use account::{Account, Credential, LiveSession, NewAccount, NewSession, SessionRow};
pub use accounts::{Accounts, Registrant};
pub use basic::BasicAuthSessions;
pub use bootstrap::BootstrapAccount;
pub use config::{AuthConfig, PROVIDER, ProvisioningFailure, Registration};
pub use email::Email;
pub use error::AuthError;
pub use hashing::PasswordHashing;
pub use own_sessions::OwnSession;
pub use provisioning::{Admission, Placement, Provisioning};
pub use seal::Seal;
pub use session::{
    Credentials, Origin, RenewedTokens, Resolution, Session, SessionError, SessionResolver,
    UserProfile, WorkspaceRef,
};
pub use store::{
    AccountStore, Claimed, FreshIds, Home, Identity, Known, PresentedInvite, Registered, Rehash,
    Rotated, Rotation, SessionStore, Standing,
};
pub use token::{AccessClaims, RefreshClaims, Tokens, digest};
