//! Workspaces: the unit of sharing. Who is in one, with which role, and which one is active.

mod error;
mod name;
mod store;

pub use error::WorkspaceError;
pub use name::{Description, NameError, WorkspaceName};
pub use store::{Listing, NewWorkspace, WorkspaceStore};
