//! Who may do what: roles, permissions, and [`can`], the only gate (auth contract, 8).

mod decision;
mod permission;
mod role;

pub use decision::{AccessError, Subject, can};
pub use permission::Permission;
pub use role::Role;
