//! Administration of a whole deployment: the super admin, who has a credential and a token apart
//! from everybody else's, what they see and change, and how the routes are classified (auth
//! contract, 8 and 10).
//!
//! The other administrators are users with a grant; what they may is decided by
//! [`access`](crate::access).

mod account;
mod classified;
mod config_entry;
mod directory;
mod error;
mod provider;
mod strength;
mod token;

pub use account::{AdminAccount, AdminCredential, AdminCredentials, AdminLogin};
pub use classified::{Class, Classified, Guard};
pub use config_entry::ConfigEntry;
pub use directory::{
    Administrator, Deed, Directory, Found, Member, Overview, Page, UserSearch, UserSummary,
    WorkspaceDetails, WorkspaceSearch, WorkspaceSummary,
};
pub use error::{AdminError, DirectoryError};
pub use provider::Provider;
pub use token::{AdminTokens, SuperAdmin};
