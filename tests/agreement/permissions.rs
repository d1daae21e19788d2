//! `docs/permissions.md` shows what `can` decides.

use std::fmt::Write;

use or3_domain::access::{Permission, Role, Subject, can};
use or3_domain::ids::WorkspaceId;
use or3_settings::Environment;

use crate::repository;

const FILE: &str = "docs/permissions.md";

const HEAD: &str = "# Who may do what

This table is printed by a test from `can`, the only gate (`shared/domain/src/access`); it cannot
differ from what the product decides.

";

const TAIL: &str = "
- Nobody who is not signed in holds anything: `401 \"Unauthorized\"`. Whoever is signed in and lacks
  the permission gets `403 \"Forbidden\"`.
- A permission holds in the active workspace only. Naming another one is refused, for every role and
  for administrators, except where an owner names another workspace that they own to manage its
  people (`functions/admin`).
- Renaming, deleting and activating a workspace is decided by the role in the workspace that is
  named: owners and editors rename, owners delete, members activate.
- An administrator is a user with a row in `admin_users`, whatever their role. The super admin of the
  deployment is no user: what they may is in [security/admin-endpoints.md](security/admin-endpoints.md).
";

fn word(role: Role, deployment_admin: bool, permission: Permission) -> &'static str {
    let workspace = WorkspaceId::new("active");
    let subject = Subject {
        role,
        workspace: &workspace,
        deployment_admin,
    };
    match can(Some(&subject), permission, Some("active")) {
        Ok(()) => "yes",
        Err(_) => "no",
    }
}

#[test]
fn the_document_shows_what_can_decides() {
    let mut wanted = String::from(HEAD);
    let names = Role::ALL.map(Role::as_str).join(" | ");
    writeln!(wanted, "| permission | {names} | administrator who views |").expect("text");
    writeln!(wanted, "|---|---|---|---|---|").expect("text");
    for permission in Permission::ALL {
        let held = Role::ALL
            .map(|role| word(role, false, permission))
            .join(" | ");
        let admin = word(Role::Viewer, true, permission);
        writeln!(wanted, "| `{}` | {held} | {admin} |", permission.as_str()).expect("text");
    }
    wanted.push_str(TAIL);
    if Environment::of_process().get("UPDATE_README") == Some("1") {
        std::fs::write(repository::path(FILE), &wanted).expect("the document is written");
    }
    assert_eq!(
        repository::text(FILE),
        wanted,
        "{FILE} is not what can decides; UPDATE_README=1 writes it anew"
    );
}
