//! Rows that a test takes for granted.

use or3_domain::auth::{FreshIds, Identity, SessionStore};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};

/// Creates the workspace `id`, owned by a user of its own.
///
/// # Panics
///
/// When the store refuses.
#[expect(clippy::expect_used, reason = "a test without its rows must fail")]
pub async fn seed_workspace(store: &dyn SessionStore, id: &str) {
    let identity = Identity {
        provider: "basic-auth",
        provider_user_id: format!("owner-of-{id}"),
        email: None,
        display_name: None,
    };
    let fresh = FreshIds {
        user: UserId::new(format!("owner-of-{id}")),
        workspace: WorkspaceId::new(id),
    };
    let provisioned = store.provision(&identity, &fresh, Timestamp::from_millis(0));
    provisioned.await.expect("a workspace");
}
