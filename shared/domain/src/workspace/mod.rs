//! Workspaces: the unit of sharing. Who is in one, with which role, and which one is active.

mod authority;
mod error;
mod members;
mod name;
mod store;

pub use authority::Authority;
pub use error::WorkspaceError;
pub use members::{Change, MemberError, Person};
pub use name::{Description, MAX_DESCRIPTION, MAX_NAME, NameError, WorkspaceName};
pub use store::{Listing, MemberStore, NewWorkspace, WorkspaceStore};
