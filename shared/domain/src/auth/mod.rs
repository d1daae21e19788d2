//! Signing in: accounts, passwords, tokens, rotating refresh sessions, and the session context
//! that every other function asks for.

mod session;

pub use session::{
    Credentials, Origin, RenewedTokens, Resolution, Session, SessionError, SessionResolver,
    UserProfile, WorkspaceRef,
};
