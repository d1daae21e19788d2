//! Grants, people and numbers.

use std::time::Duration;

use or3_domain::access::Role;
use or3_domain::admin::{DirectoryError, Overview};
use or3_domain::ids::WorkspaceId;
use or3_domain::workspace::{Authority, Change, MemberError, Person, WorkspaceError};

use super::{Deployment, deed, root, user};
use crate::people::START;

/// Grants and revocations count from the next look on, and doing either twice is fine.
pub async fn grants_come_and_go(deployment: Deployment) {
    deployment.comes("ada", 0).await;
    let eve = deployment.comes("eve", 1).await;
    assert!(!eve.deployment_admin);
    let directory = &deployment.directory;
    let unknown = directory.grant(&user("nobody"), &deed(START)).await;
    assert!(matches!(unknown, Err(DirectoryError::UnknownUser)));
    for _ in 0..2 {
        let granted = directory.grant(&eve.user, &deed(START)).await;
        granted.expect("granted");
    }
    let granted = deployment.comes("eve", 2).await;
    assert!(granted.deployment_admin);
    assert_eq!(
        granted.authorization_revision,
        eve.authorization_revision + 1
    );
    let later = START.plus(Duration::from_secs(1));
    let granted = directory.grant(&user("ada"), &deed(later)).await;
    granted.expect("granted");
    let admins = directory.administrators().await.expect("listed");
    let ids: Vec<_> = admins.iter().map(|admin| admin.user.as_str()).collect();
    assert_eq!(ids, ["user ada", "user eve"]);
    assert_eq!(admins[1].email.as_deref(), Some("eve@example.test"));
    assert_eq!(admins[1].granted_at, START);
    for _ in 0..2 {
        let revoked = directory.revoke(&eve.user, &deed(START)).await;
        revoked.expect("revoked");
    }
    assert!(!deployment.comes("eve", 3).await.deployment_admin);
    let nobody = directory.revoke(&user("nobody"), &deed(START)).await;
    nobody.expect("nothing");
}

/// People are found by address, name or id.
pub async fn people_are_found_by_address_name_or_id(deployment: Deployment) {
    for (minute, name) in ["ada", "eve", "max"].into_iter().enumerate() {
        deployment.comes(name, minute as u64).await;
    }
    let all = ["user max", "user eve", "user ada"];
    assert_eq!(deployment.people(None).await, all);
    assert_eq!(deployment.people(Some("EXAMPLE")).await, all);
    assert_eq!(deployment.people(Some("ve@")).await, ["user eve"]);
    assert_eq!(deployment.people(Some("user a")).await, ["user ada"]);
    assert!(deployment.people(Some("%")).await.is_empty());
}

/// Guests are let in by owners and the super admin, on living workspaces.
pub async fn guests_are_let_in_by_who_may(deployment: Deployment) {
    let home = deployment.comes("ada", 0).await;
    deployment.comes("max", 1).await;
    let (directory, id) = (&deployment.directory, &home.workspace.id);
    for (authority, enabled) in [
        (Authority::Owner(home.user.clone()), true),
        (root(), false),
        (root(), true),
    ] {
        let set = directory.set_guest_access(id, &authority, enabled, START);
        set.await.expect("set");
        let found = directory.workspace(id).await.expect("answered");
        assert_eq!(found.expect("there").guest_access, enabled);
    }
    let max = Authority::Owner(user("max"));
    let refused = directory.set_guest_access(id, &max, false, START).await;
    assert!(matches!(refused, Err(WorkspaceError::Forbidden)));
    let deleted = directory.set_deleted(id, true, &deed(START)).await;
    deleted.expect("deleted");
    let gone = directory.set_guest_access(id, &root(), false, START).await;
    assert!(matches!(gone, Err(WorkspaceError::Unknown)));
}

/// The super admin changes the people of every living workspace, under the same rules.
pub async fn the_super_admin_changes_members_anywhere(deployment: Deployment) {
    let home = deployment.comes("ada", 0).await;
    deployment.comes("eve", 1).await;
    let (members, id) = (&deployment.members, &home.workspace.id);
    let eve = Person::parse("eve@example.test", None);
    let added = members.add(id, &root(), &eve, Role::Viewer, START).await;
    added.expect("added");
    let promote = Change::SetRole(user("eve"), Role::Editor);
    members
        .change(id, &root(), &promote, START)
        .await
        .expect("changed");
    let demote = Change::SetRole(user("ada"), Role::Viewer);
    let alone = members.change(id, &root(), &demote, START).await;
    assert!(matches!(alone, Err(MemberError::DemotesLastOwner)));
    let nobody = Person::parse("nobody@example.test", None);
    let unknown = members.add(id, &root(), &nobody, Role::Viewer, START).await;
    assert!(matches!(unknown, Err(MemberError::UnknownPerson)));
    let remove = Change::Remove(user("eve"));
    members
        .change(id, &root(), &remove, START)
        .await
        .expect("removed");
    let nowhere = WorkspaceId::new("nowhere");
    let lost = members.change(&nowhere, &root(), &remove, START).await;
    assert!(matches!(lost, Err(MemberError::UnknownWorkspace)));
}

/// The numbers of a deployment follow what is in it.
pub async fn the_numbers_follow_what_is_there(deployment: Deployment) {
    let empty = deployment.directory.overview(START).await;
    assert_eq!(empty.expect("numbers"), Overview::default());
    let home = deployment.comes("ada", 0).await;
    deployment.comes("eve", 1).await;
    let directory = &deployment.directory;
    let granted = directory.grant(&home.user, &deed(START)).await;
    granted.expect("granted");
    let deleted = directory
        .set_deleted(&home.workspace.id, true, &deed(START))
        .await;
    deleted.expect("deleted");
    let expected = Overview {
        users: 2,
        admins: 1,
        workspaces: 1,
        deleted_workspaces: 1,
        ..Overview::default()
    };
    let numbers = directory.overview(START).await.expect("numbers");
    assert_eq!(numbers, expected);
}
