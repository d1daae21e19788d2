//! Invites to a workspace: a signed token for one address, and the row that says whether it may
//! still be used (auth contract, 7.6 and 7.7).

mod error;
mod issue;
mod store;
mod token;

pub use error::InviteError;
pub use issue::{Invitation, Invites, Issued};
pub use store::{Invite, InviteStatus, InviteStore, NewInvite};
pub use token::{InviteClaims, InviteKey, MAX_INVITE_UNITS};
