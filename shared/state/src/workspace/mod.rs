//! Workspaces and memberships on rows.

mod enroll;
mod members;
mod workspaces;
