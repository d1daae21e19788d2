//! What every [`Directory`] does (auth contract, 3.6 and 10.10), one function a fact. Each takes
//! empty stores on the same rows.
#![expect(
    clippy::missing_panics_doc,
    reason = "a fact that does not hold is a panic"
)]

mod people;

use std::sync::Arc;
use std::time::Duration;

use or3_domain::access::Role;
use or3_domain::admin::{
    Deed, Directory, DirectoryError, Found, Page, UserSearch, WorkspaceSearch, WorkspaceSummary,
};
use or3_domain::auth::{Home, SessionStore};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::workspace::{
    Authority, Description, MemberStore, NewWorkspace, Person, WorkspaceName,
};

use crate::people::{START, fresh, identity};

pub use people::{
    grants_come_and_go, guests_are_let_in_by_who_may, people_are_found_by_address_name_or_id,
    the_numbers_follow_what_is_there, the_super_admin_changes_members_anywhere,
};

/// A deployment without rows.
pub struct Deployment {
    /// Everybody and everything.
    pub directory: Arc<dyn Directory>,
    /// Where people come from.
    pub sessions: Arc<dyn SessionStore>,
    /// Their memberships.
    pub members: Arc<dyn MemberStore>,
}

const ALL: Page = Page {
    number: 1,
    size: 100,
};

fn user(name: &str) -> UserId {
    UserId::new(format!("user {name}"))
}

fn deed(at: Timestamp) -> Deed {
    Deed {
        by: "root".to_owned(),
        from: None,
        at,
    }
}

fn root() -> Authority {
    Authority::SuperAdmin("root".to_owned())
}

impl Deployment {
    /// The place of `name`, who comes at `minute`.
    async fn comes(&self, name: &str, minute: u64) -> Home {
        let now = START.plus(Duration::from_mins(minute));
        let home = self
            .sessions
            .provision(&identity(name), &fresh(name), now)
            .await;
        home.expect("provisioned")
    }

    async fn create(
        &self,
        name: &str,
        about: &str,
        owner: &str,
        minute: u64,
    ) -> Result<WorkspaceId, DirectoryError> {
        let workspace = NewWorkspace {
            id: WorkspaceId::new(name),
            name: WorkspaceName::parse(name).expect("a name"),
            description: Description::parse(Some(about)).expect("short"),
            created_at: START.plus(Duration::from_mins(minute)),
        };
        let (id, owner) = (workspace.id.clone(), user(owner));
        let created = self
            .directory
            .create_workspace(&workspace, &owner, &deed(workspace.created_at))
            .await;
        created.map(|()| id)
    }

    async fn find(&self, text: &str, include_deleted: bool) -> Found<WorkspaceSummary> {
        self.page(text, include_deleted, ALL).await
    }

    async fn page(&self, text: &str, deleted: bool, page: Page) -> Found<WorkspaceSummary> {
        let search = WorkspaceSearch {
            text: (!text.is_empty()).then(|| text.to_owned()),
            include_deleted: deleted,
            page,
        };
        let found = self.directory.workspaces(&search).await;
        found.expect("found")
    }

    async fn names(&self, text: &str, include_deleted: bool) -> Vec<String> {
        let found = self.find(text, include_deleted).await;
        assert_eq!(found.total, found.items.len() as u64);
        found.items.into_iter().map(|found| found.name).collect()
    }

    async fn people(&self, text: Option<&str>) -> Vec<String> {
        let search = UserSearch {
            text: text.map(str::to_owned),
            page: ALL,
        };
        let found = self.directory.users(&search).await.expect("found");
        assert_eq!(found.total, found.items.len() as u64);
        let ids = found.items.into_iter().map(|found| found.user);
        ids.map(UserId::into_string).collect()
    }
}

/// Workspaces are found by name or description, whatever the case, the newest first, and no
/// character is a wildcard.
pub async fn workspaces_are_found_by_plain_words(deployment: Deployment) {
    deployment.comes("ada", 0).await;
    for (name, about, minute) in [
        ("Plans", "for 100% of us", 1),
        ("Secret_plans", "", 2),
        ("Other", "what PLANS leave out", 3),
    ] {
        let created = deployment.create(name, about, "ada", minute).await;
        created.expect("created");
    }
    assert_eq!(
        deployment.names("", false).await,
        ["Other", "Secret_plans", "Plans", "My Workspace"]
    );
    assert_eq!(
        deployment.names("plANS", false).await,
        ["Other", "Secret_plans", "Plans"]
    );
    assert_eq!(deployment.names("%", false).await, ["Plans"]);
    assert_eq!(deployment.names("_", false).await, ["Secret_plans"]);
    assert!(deployment.names("nothing of it", false).await.is_empty());
}

/// Pages show each workspace once, and the total is of all pages.
pub async fn pages_of_workspaces_show_each_once(deployment: Deployment) {
    deployment.comes("ada", 0).await;
    for number in 0..6 {
        let created = deployment.create(&format!("w{number}"), "", "ada", 1).await;
        created.expect("created");
    }
    let mut seen = Vec::new();
    for number in 1..=4 {
        let page = Page { number, size: 2 };
        let found = deployment.page("", false, page).await;
        assert_eq!(found.total, 7);
        seen.extend(found.items.into_iter().map(|found| found.name));
    }
    assert_eq!(seen.len(), 7);
    seen.dedup();
    assert_eq!(seen.len(), 7);
    let beyond = Page {
        number: u32::MAX,
        size: 100,
    };
    assert_eq!(deployment.page("", false, beyond).await.items, []);
}

/// A workspace is made for somebody who is known here, and shows who is in it.
pub async fn a_workspace_is_made_for_who_is_known(deployment: Deployment) {
    let home = deployment.comes("ada", 0).await;
    let eve = deployment.comes("eve", 1).await;
    let refused = deployment.create("New", "words", "nobody", 2).await;
    assert!(matches!(refused, Err(DirectoryError::UnknownOwner)));
    let id = deployment
        .create("New", "words", "ada", 2)
        .await
        .expect("made");
    let person = Person::parse("eve", None);
    let added = deployment
        .members
        .add(&id, &root(), &person, Role::Viewer, START)
        .await;
    added.expect("added");
    let found = deployment.directory.workspace(&id).await.expect("answered");
    let found = found.expect("there");
    let summary = &found.summary;
    assert_eq!(
        (summary.name.as_str(), summary.description.as_deref()),
        ("New", Some("words"))
    );
    assert_eq!(summary.owner, home.user);
    assert_eq!(summary.owner_email.as_deref(), Some("ada@example.test"));
    assert_eq!((summary.member_count, summary.deleted_at), (2, None));
    assert_eq!(found.role_of(&home.user), Some(Role::Owner));
    assert_eq!(found.role_of(&eve.user), Some(Role::Viewer));
    assert!(!found.guest_access);
    let again = deployment.comes("ada", 3).await;
    assert_eq!(again.workspace, home.workspace, "the active one stays");
    let nowhere = WorkspaceId::new("nowhere");
    let unknown = deployment.directory.workspace(&nowhere).await;
    assert_eq!(unknown.expect("answered"), None);
}

/// A deleted workspace is out of the list and out of everybody's sessions until it is restored.
pub async fn a_deletion_can_be_taken_back(deployment: Deployment) {
    let home = deployment.comes("ada", 0).await;
    let id = &home.workspace.id;
    let directory = &deployment.directory;
    let at = Timestamp::from_millis(START.millis() + 7);
    for later in [at, at.plus(Duration::from_mins(1))] {
        let deleted = directory.set_deleted(id, true, &deed(later)).await;
        deleted.expect("deleted");
    }
    assert!(deployment.names("", false).await.is_empty());
    let listed = deployment.find("", true).await.items.remove(0);
    assert_eq!(listed.deleted_at, Some(at));
    let elsewhere = deployment
        .sessions
        .provision(&identity("ada"), &fresh("ada 2"), START)
        .await
        .expect("provisioned");
    assert_ne!(elsewhere.workspace.id, *id);
    assert!(elsewhere.authorization_revision > home.authorization_revision);
    let restored = directory.set_deleted(id, false, &deed(at)).await;
    restored.expect("restored");
    assert_eq!(deployment.names("", false).await.len(), 2);
    let nowhere = WorkspaceId::new("nowhere");
    let unknown = directory.set_deleted(&nowhere, true, &deed(at)).await;
    unknown.expect("passed over");
}
