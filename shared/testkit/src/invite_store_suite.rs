//! What every [`InviteStore`] does, and what becomes of its invites when they are used (auth
//! contract, 7.7), one function a fact. Each takes empty stores on the same rows.
#![expect(
    clippy::missing_panics_doc,
    reason = "a fact that does not hold is a panic"
)]

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use or3_domain::access::Role;
use or3_domain::auth::{Home, PresentedInvite, SessionStore};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::invite::{Invite, InviteError, InviteStatus, InviteStore, NewInvite};
use or3_domain::workspace::{Authority, WorkspaceStore};

use crate::people::{START, email, fresh, identity};

/// Invites and where they lead: no rows yet.
pub struct Club {
    /// Where people come from.
    pub sessions: Arc<dyn SessionStore>,
    /// The workspaces.
    pub workspaces: Arc<dyn WorkspaceStore>,
    /// The invites.
    pub invites: Arc<dyn InviteStore>,
}

const HOUR: Duration = Duration::from_hours(1);

impl Club {
    /// The place of Ada, who invites.
    async fn ada(&self) -> Home {
        let (identity, fresh) = (identity("ada"), fresh("ada"));
        let home = self.sessions.provision(&identity, &fresh, START).await;
        home.expect("provisioned")
    }

    async fn invite(&self, home: &Home, name: &str) -> Result<(), InviteError> {
        let owner = home.user.clone().into();
        self.invite_by(&home.workspace.id, owner, name).await
    }

    async fn invite_by(
        &self,
        workspace: &WorkspaceId,
        authority: Authority,
        name: &str,
    ) -> Result<(), InviteError> {
        let invite = NewInvite {
            id: format!("invite of {name}"),
            workspace: workspace.clone(),
            email: email(name),
            role: Role::Editor,
            invited_by: authority,
            token_hash: format!("token of {name}"),
            created_at: START,
            expires_at: START.plus(HOUR),
        };
        self.invites.create(&invite).await
    }

    async fn accept(&self, home: &Home, name: &str, tag: &str, now: Timestamp) -> Option<Home> {
        let presented = PresentedInvite {
            workspace: &home.workspace.id,
            email: &email(name),
            token_hash: &format!("token of {name}"),
        };
        let (identity, fresh) = (identity(name), fresh(tag));
        let accepted = self
            .sessions
            .accept_invite(presented, &identity, &fresh, now);
        accepted.await.expect("answered")
    }

    async fn list(&self, home: &Home, now: Timestamp) -> Vec<Invite> {
        let (workspace, owner) = (&home.workspace.id, home.user.clone().into());
        let listed = self.invites.list(workspace, &owner, None, 10, now).await;
        listed.expect("listed")
    }
}

/// Using an invite makes a member with its role in its workspace, and marks it; again and at once
/// by the same person it gives the same place.
pub async fn an_invite_makes_one_member_however_often_it_is_used(club: Club) {
    let ada = club.ada().await;
    club.invite(&ada, "eve").await.expect("created");
    let tags: Vec<_> = (0..10).map(|number| format!("eve {number}")).collect();
    let uses = tags.iter().map(|tag| club.accept(&ada, "eve", tag, START));
    let mut homes = join_all(uses).await;
    homes.dedup();
    assert_eq!(homes.len(), 1);
    let home = homes.remove(0).expect("a place");
    assert_eq!(
        (&home.workspace.id, home.role),
        (&ada.workspace.id, Role::Editor)
    );
    let invite = club.list(&ada, START).await.remove(0);
    assert_eq!(invite.status, InviteStatus::Accepted);
    assert_eq!(
        (invite.accepted_by, invite.accepted_at),
        (Some(home.user), Some(START))
    );
}

/// Nobody uses an invite of somebody else, a used, a revoked or an overdue one, or one to a
/// workspace that is deleted; no user comes of it.
pub async fn an_invite_that_cannot_be_used_changes_nothing(club: Club) {
    let ada = club.ada().await;
    let workspace = &ada.workspace.id;
    for name in ["eve", "vic", "zoe"] {
        club.invite(&ada, name).await.expect("created");
    }
    assert!(club.accept(&ada, "eve", "eve", START).await.is_some());
    let revoked = club
        .invites
        .revoke(workspace, &ada.user.clone().into(), "invite of vic", START)
        .await;
    revoked.expect("revoked");
    assert_eq!(club.accept(&ada, "vic", "vic", START).await, None);
    assert_eq!(club.accept(&ada, "max", "max", START).await, None);
    let overdue = START.plus(HOUR);
    assert_eq!(club.accept(&ada, "zoe", "zoe", overdue).await, None);
    let deleted = club.workspaces.delete(workspace, &ada.user, START).await;
    deleted.expect("deleted");
    assert_eq!(club.accept(&ada, "zoe", "zoe", START).await, None);
    let (identity, again) = (identity("zoe"), fresh("zoe"));
    let later = club.sessions.provision(&identity, &again, START).await;
    assert_eq!(later.expect("nobody has the id yet").user, again.user);
}

/// Only owners of living workspaces make, see and revoke invites.
pub async fn invites_are_the_owners_business(club: Club) {
    let ada = club.ada().await;
    club.invite(&ada, "eve").await.expect("created");
    let mut stranger = ada.clone();
    stranger.user = UserId::new("max");
    let mut elsewhere = ada.clone();
    elsewhere.workspace.id = WorkspaceId::new("elsewhere");
    for other in [&stranger, &elsewhere] {
        let (workspace, owner) = (&other.workspace.id, &other.user.clone().into());
        let made = club.invite(other, "zoe").await;
        assert!(matches!(made, Err(InviteError::Forbidden)));
        let listed = club.invites.list(workspace, owner, None, 10, START).await;
        assert!(matches!(listed, Err(InviteError::Forbidden)));
        let revoked = club
            .invites
            .revoke(workspace, owner, "invite of eve", START)
            .await;
        assert!(matches!(revoked, Err(InviteError::Forbidden)));
    }
    let list = club.list(&ada, START).await;
    assert_eq!((list.len(), list[0].status), (1, InviteStatus::Pending));
}

/// The super admin makes, sees and revokes invites of every living workspace, under their name.
pub async fn the_super_admin_invites_anywhere(club: Club) {
    let ada = club.ada().await;
    let (workspace, root) = (&ada.workspace.id, Authority::SuperAdmin("root".to_owned()));
    let made = club.invite_by(workspace, root.clone(), "eve").await;
    made.expect("created");
    let listed = club.invites.list(workspace, &root, None, 10, START).await;
    let listed = listed.expect("listed");
    assert_eq!((listed.len(), listed[0].invited_by.as_str()), (1, "root"));
    let revoked = club
        .invites
        .revoke(workspace, &root, "invite of eve", START);
    revoked.await.expect("revoked");
    assert_eq!(
        club.list(&ada, START).await[0].status,
        InviteStatus::Revoked
    );
    let elsewhere = WorkspaceId::new("elsewhere");
    let made = club.invite_by(&elsewhere, root, "zoe").await;
    assert!(matches!(made, Err(InviteError::UnknownWorkspace)));
}

/// Overdue invites are listed as expired, and revoking touches pending ones only.
pub async fn what_is_over_stays_as_it_ended(club: Club) {
    let ada = club.ada().await;
    let (workspace, owner) = (&ada.workspace.id, &ada.user.clone().into());
    club.invite(&ada, "eve").await.expect("created");
    let end = START.plus(HOUR);
    assert_eq!(club.list(&ada, end).await[0].status, InviteStatus::Expired);
    let revoked = club
        .invites
        .revoke(workspace, owner, "invite of eve", end)
        .await;
    revoked.expect("without effect");
    assert_eq!(club.list(&ada, end).await[0].status, InviteStatus::Expired);
    let unknown = club.invites.revoke(workspace, owner, "nothing", end).await;
    assert!(matches!(unknown, Err(InviteError::NotFound)));
}
