//! Who takes part: people, their roles, their devices.

use fastrand::Rng;
use or3_domain::access::Role;
use or3_testkit::{FakeSessions, session};

use crate::device::Device;

/// The workspaces. Their rows have the same keys.
pub(crate) const WORKSPACES: [&str; 2] = ["north", "south"];

/// Who may do what where. Alice is in both workspaces.
pub(crate) const MEMBERS: [(&str, &str, Role); 5] = [
    ("alice", "north", Role::Owner),
    ("bob", "north", Role::Editor),
    ("carol", "north", Role::Viewer),
    ("alice", "south", Role::Editor),
    ("dave", "south", Role::Owner),
];

/// Signs a new device of a member in, under its name.
pub(crate) fn join(
    sessions: &FakeSessions,
    (user, workspace, role): (&str, &str, Role),
    number: usize,
    rng: &mut Rng,
) -> Device {
    let name = format!("{user}-{workspace}-{number}");
    sessions.sign_in(&name, session(user, workspace, role));
    Device::new((name, user, workspace), role != Role::Viewer, rng)
}

/// The token of somebody who may do anything in `workspace`.
pub(crate) fn owner(sessions: &FakeSessions, workspace: &str) -> String {
    let token = format!("owner-of-{workspace}");
    sessions.sign_in(&token, session(&token, workspace, Role::Owner));
    token
}
