//! What every [`WorkspaceStore`] and [`MemberStore`] does (auth contract, 9 and 10.10), one
//! function a fact. Each takes empty stores on the same rows.
#![expect(
    clippy::missing_panics_doc,
    reason = "a fact that does not hold is a panic"
)]

mod leave;
mod subjects;

use std::sync::Arc;
use std::time::Duration;

use or3_domain::access::Role;
use or3_domain::auth::{Home, SessionStore};
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::workspace::{
    Change, Description, Listing, MemberError, MemberStore, NewWorkspace, Person, WorkspaceError,
    WorkspaceName, WorkspaceStore,
};

use crate::people::{START, fresh, identity};
pub use leave::{leaving_elsewhere_moves_nobody, members_leave, the_last_owner_stays};
pub use subjects::{
    a_subject_of_two_issuers_is_nobody, people_of_a_provider_are_added_by_their_subject,
};

/// Where people come from, their workspaces and memberships: no rows yet.
pub struct Town {
    /// Where people come from.
    pub sessions: Arc<dyn SessionStore>,
    /// The workspaces.
    pub workspaces: Arc<dyn WorkspaceStore>,
    /// The memberships.
    pub members: Arc<dyn MemberStore>,
}

impl Town {
    /// The place of `name`, who has the user id `user <name>`.
    async fn home(&self, name: &str) -> Home {
        let (identity, fresh) = (identity(name), fresh(name));
        let home = self.sessions.provision(&identity, &fresh, START).await;
        home.expect("provisioned")
    }

    async fn create(&self, id: &str, name: &str) -> WorkspaceId {
        let workspace = NewWorkspace {
            id: WorkspaceId::new(id),
            name: WorkspaceName::parse(id).expect("a name"),
            description: Description::default(),
            created_at: START.plus(Duration::from_mins(1)),
        };
        let created = self.workspaces.create(&workspace, &user(name)).await;
        created.expect("created");
        workspace.id
    }

    async fn add(&self, to: &WorkspaceId, owner: &str, name: &str, role: Role) {
        let address = format!("{name}@example.test");
        let added = self.add_by(to, owner, &address, role).await;
        added.expect("added");
    }

    async fn add_by(
        &self,
        to: &WorkspaceId,
        owner: &str,
        who: &str,
        role: Role,
    ) -> Result<(), MemberError> {
        let person = Person::parse(who, None);
        self.members
            .add(to, &user(owner).into(), &person, role, START)
            .await
    }

    async fn list(&self, name: &str) -> Vec<Listing> {
        self.workspaces.list(&user(name)).await.expect("answered")
    }

    async fn role(&self, of: &str, workspace: &WorkspaceId) -> Option<Role> {
        let list = self.list(of).await;
        let found = list.into_iter().find(|listing| listing.id == *workspace);
        found.map(|listing| listing.role)
    }

    async fn rename(&self, what: &WorkspaceId, name: &str) -> Result<(), WorkspaceError> {
        let title = WorkspaceName::parse("New name").expect("a name");
        let description = Description::parse(Some("New words")).expect("short");
        self.workspaces
            .rename(what, &user(name), &title, &description)
            .await
    }

    async fn delete(&self, what: &WorkspaceId, name: &str) -> Result<(), WorkspaceError> {
        self.workspaces.delete(what, &user(name), START).await
    }

    async fn activate(&self, what: &WorkspaceId, name: &str) -> Result<(), WorkspaceError> {
        self.workspaces.set_active(what, &user(name)).await
    }

    async fn leave(&self, what: &WorkspaceId, name: &str) -> Result<(), WorkspaceError> {
        self.workspaces.leave(what, &user(name), START).await
    }

    async fn change(&self, by: &str, of: &WorkspaceId, change: Change) -> Result<(), MemberError> {
        self.members
            .change(of, &user(by).into(), &change, START)
            .await
    }
}

fn user(name: &str) -> UserId {
    UserId::new(format!("user {name}"))
}

fn forbidden(outcome: &Result<(), WorkspaceError>) -> bool {
    matches!(outcome, Err(WorkspaceError::Forbidden))
}

/// A new workspace belongs to its maker, stands first in the list and is not active.
pub async fn a_new_workspace_is_listed_first_and_not_active(town: Town) {
    let home = town.home("ada").await;
    let second = town.create("Second", "ada").await;
    let list = town.list("ada").await;
    let names: Vec<_> = list.iter().map(|listing| listing.name.as_str()).collect();
    assert_eq!(names, ["Second", "My Workspace"]);
    assert_eq!(list[0].role, Role::Owner);
    let active: Vec<_> = list.iter().map(|listing| listing.is_active).collect();
    assert_eq!(active, [false, true]);
    assert_eq!((&list[0].id, &list[1].id), (&second, &home.workspace.id));
}

/// Owners and editors rename; viewers and strangers do not. An absent description is cleared.
pub async fn owners_and_editors_rename(town: Town) {
    let home = town.home("ada").await.workspace.id;
    for name in ["eve", "vic", "max"] {
        town.home(name).await;
    }
    town.add(&home, "ada", "eve", Role::Editor).await;
    town.add(&home, "ada", "vic", Role::Viewer).await;
    assert!(forbidden(&town.rename(&home, "vic").await));
    assert!(forbidden(&town.rename(&home, "max").await));
    assert_eq!(town.list("ada").await[0].name, "My Workspace");
    town.rename(&home, "eve").await.expect("renamed");
    let listing = town.list("ada").await.remove(0);
    assert_eq!(listing.name, "New name");
    assert_eq!(listing.description.as_deref(), Some("New words"));
}

/// Only owners delete; deleting again is fine, and renaming what is deleted does nothing.
pub async fn owners_delete(town: Town) {
    let home = town.home("ada").await.workspace.id;
    town.home("eve").await;
    town.add(&home, "ada", "eve", Role::Editor).await;
    assert!(forbidden(&town.delete(&home, "eve").await));
    assert!(forbidden(&town.delete(&home, "nobody").await));
    assert_eq!(town.list("eve").await.len(), 2);
    for _ in 0..2 {
        town.delete(&home, "ada").await.expect("deleted");
    }
    town.rename(&home, "ada").await.expect("silently nothing");
    assert_eq!(town.list("ada").await, []);
    assert_eq!(town.list("eve").await.len(), 1);
}

/// Everybody whose active workspace is deleted goes to another one of their own.
pub async fn a_deletion_moves_everybody_out(town: Town) {
    let shared = town.home("ada").await.workspace.id;
    let eves = town.home("eve").await.workspace.id;
    town.add(&shared, "ada", "eve", Role::Editor).await;
    town.activate(&shared, "eve").await.expect("a member");
    let other = town.create("Other", "ada").await;
    town.delete(&shared, "ada").await.expect("deleted");
    assert_eq!(town.home("ada").await.workspace.id, other);
    assert_eq!(town.home("eve").await.workspace.id, eves);
}

/// Members activate living workspaces; strangers do not, and nobody activates a deleted one.
pub async fn members_activate_living_workspaces(town: Town) {
    let home = town.home("ada").await.workspace.id;
    town.home("max").await;
    let second = town.create("Second", "ada").await;
    town.activate(&second, "ada").await.expect("a member");
    assert_eq!(town.home("ada").await.workspace.id, second);
    assert!(forbidden(&town.activate(&second, "max").await));
    town.delete(&home, "ada").await.expect("deleted");
    assert!(forbidden(&town.activate(&home, "ada").await));
    assert_eq!(town.home("ada").await.workspace.id, second);
}

/// Create two, rename one, activate the other, delete it: one is left, renamed and active.
pub async fn a_life_of_two_workspaces(town: Town) {
    let first = town.home("ada").await.workspace.id;
    let second = town.create("Second", "ada").await;
    town.rename(&first, "ada").await.expect("renamed");
    town.activate(&second, "ada").await.expect("a member");
    town.delete(&second, "ada").await.expect("deleted");
    let list = town.list("ada").await;
    assert_eq!(list.len(), 1);
    assert_eq!(
        (list[0].name.as_str(), list[0].is_active),
        ("New name", true)
    );
}

/// People are added by address, identity or id, and adding them again changes their role.
pub async fn owners_add_people_who_are_known(town: Town) {
    let home = town.home("ada").await.workspace.id;
    town.home("eve").await;
    for (who, role) in [
        (" EVE@example.test", Role::Viewer),
        ("eve", Role::Editor),
        ("user eve", Role::Owner),
    ] {
        town.add_by(&home, "ada", who, role).await.expect("added");
        assert_eq!(town.role("eve", &home).await, Some(role), "{who}");
    }
}

/// Nobody is created by being named, and only owners of living workspaces add.
pub async fn strangers_are_neither_added_nor_add(town: Town) {
    let home = town.home("ada").await.workspace.id;
    town.home("eve").await;
    for who in ["nobody@example.test", "nobody"] {
        let added = town.add_by(&home, "ada", who, Role::Viewer).await;
        assert!(matches!(added, Err(MemberError::UnknownPerson)), "{who}");
    }
    for who in ["eve", "nobody"] {
        let added = town.add_by(&home, "eve", who, Role::Owner).await;
        assert!(matches!(added, Err(MemberError::Forbidden)), "{who}");
    }
    town.add(&home, "ada", "eve", Role::Editor).await;
    let added = town.add_by(&home, "eve", "eve", Role::Owner).await;
    assert!(matches!(added, Err(MemberError::Forbidden)));
    town.delete(&home, "ada").await.expect("deleted");
    let added = town.add_by(&home, "ada", "eve", Role::Owner).await;
    assert!(matches!(added, Err(MemberError::Forbidden)));
}

/// Owners change roles and remove members; a removed member's next session is elsewhere.
pub async fn owners_change_and_remove_members(town: Town) {
    let home = town.home("ada").await.workspace.id;
    let eves = town.home("eve").await.workspace.id;
    town.add(&home, "ada", "eve", Role::Viewer).await;
    town.activate(&home, "eve").await.expect("a member");
    let before = town.home("eve").await.authorization_revision;
    let promote = Change::SetRole(user("eve"), Role::Editor);
    town.change("ada", &home, promote).await.expect("changed");
    let promoted = town.home("eve").await;
    assert_eq!(promoted.role, Role::Editor);
    assert!(promoted.authorization_revision > before);
    let remove = || Change::Remove(user("eve"));
    let by_herself = town.change("eve", &home, remove()).await;
    assert!(matches!(by_herself, Err(MemberError::Forbidden)));
    town.change("ada", &home, remove()).await.expect("removed");
    assert_eq!(town.home("eve").await.workspace.id, eves);
    let again = town.change("ada", &home, remove()).await;
    assert!(matches!(again, Err(MemberError::NotFound)));
    let nobody = Change::SetRole(user("eve"), Role::Owner);
    let nobody = town.change("ada", &home, nobody).await;
    assert!(matches!(nobody, Err(MemberError::NotFound)));
}

/// The last owner can be neither demoted nor removed, by either way of changing a role.
pub async fn a_workspace_keeps_an_owner(town: Town) {
    let home = town.home("ada").await;
    let id = &home.workspace.id;
    let demote = Change::SetRole(user("ada"), Role::Editor);
    let demoted = town.change("ada", id, demote).await;
    assert!(matches!(demoted, Err(MemberError::DemotesLastOwner)));
    let demoted = town.add_by(id, "ada", "ada", Role::Viewer).await;
    assert!(matches!(demoted, Err(MemberError::DemotesLastOwner)));
    let removed = town.change("ada", id, Change::Remove(user("ada"))).await;
    assert!(matches!(removed, Err(MemberError::RemovesLastOwner)));
    assert_eq!(town.home("ada").await, home);
}

/// An owner may go when there is another, who then owns alone.
pub async fn ownership_moves_on(town: Town) {
    let home = town.home("ada").await.workspace.id;
    town.home("eve").await;
    town.add(&home, "ada", "eve", Role::Owner).await;
    let demote = Change::SetRole(user("ada"), Role::Viewer);
    town.change("ada", &home, demote).await.expect("demoted");
    assert_eq!(town.role("ada", &home).await, Some(Role::Viewer));
    let alone = town.change("eve", &home, Change::Remove(user("eve"))).await;
    assert!(matches!(alone, Err(MemberError::RemovesLastOwner)));
}
