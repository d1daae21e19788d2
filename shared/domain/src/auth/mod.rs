//! Signing in: accounts, passwords, tokens, rotating refresh sessions, and the session context
//! that every other function asks for.

pub mod jwt;
mod session;

pub use session::{
    Credentials, Origin, RenewedTokens, Resolution, Session, SessionError, SessionResolver,
    UserProfile, WorkspaceRef,
};
