//! Leaving.

use or3_domain::access::Role;
use or3_domain::workspace::WorkspaceError;

use super::{Town, forbidden};

/// Members leave and are elsewhere then; whoever is no member cannot.
pub async fn members_leave(town: Town) {
    let home = town.home("ada").await.workspace.id;
    let eves = town.home("eve").await.workspace.id;
    town.add(&home, "ada", "eve", Role::Viewer).await;
    town.activate(&home, "eve").await.expect("a member");
    let before = town.home("eve").await.authorization_revision;
    town.leave(&home, "eve").await.expect("left");
    assert_eq!(town.role("eve", &home).await, None);
    let now = town.home("eve").await;
    assert_eq!(now.workspace.id, eves);
    assert!(now.authorization_revision > before);
    assert!(forbidden(&town.leave(&home, "eve").await));
    assert!(forbidden(&town.leave(&home, "nobody").await));
    town.add(&home, "ada", "eve", Role::Viewer).await;
    town.delete(&home, "ada").await.expect("deleted");
    assert!(forbidden(&town.leave(&home, "eve").await));
}

/// Whoever leaves a workspace that is not their active one stays where they are.
pub async fn leaving_elsewhere_moves_nobody(town: Town) {
    let home = town.home("ada").await.workspace.id;
    let eves = town.home("eve").await.workspace.id;
    let other = town.create("Other", "eve").await;
    town.add(&home, "ada", "eve", Role::Editor).await;
    town.activate(&other, "eve").await.expect("a member");
    town.leave(&home, "eve").await.expect("left");
    assert_eq!(town.home("eve").await.workspace.id, other);
    assert_eq!(town.role("eve", &eves).await, Some(Role::Owner));
}

/// The last owner cannot leave; with another one they can, and the other one owns alone.
pub async fn the_last_owner_stays(town: Town) {
    let home = town.home("ada").await;
    let id = &home.workspace.id;
    let alone = town.leave(id, "ada").await;
    assert!(matches!(alone, Err(WorkspaceError::LastOwnerLeaves)));
    assert_eq!(town.home("ada").await, home);
    town.home("eve").await;
    town.add(id, "ada", "eve", Role::Owner).await;
    town.leave(id, "ada").await.expect("there is another");
    let alone = town.leave(id, "eve").await;
    assert!(matches!(alone, Err(WorkspaceError::LastOwnerLeaves)));
    assert_eq!(town.role("eve", id).await, Some(Role::Owner));
}
