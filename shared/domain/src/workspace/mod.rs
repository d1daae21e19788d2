//! Workspaces: the unit of sharing. Who is in one, with which role, and which one is active.

mod error;
mod members;
mod name;
mod store;

pub use error::WorkspaceError;
pub use members::{Change, MemberError, Person};
pub use name::{Description, NameError, WorkspaceName};
pub use store::{Listing, MemberStore, NewWorkspace, WorkspaceStore};
