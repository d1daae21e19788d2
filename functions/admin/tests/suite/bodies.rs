//! Bodies that are no objects (auth contract, 1.3): a list with the values of all members in their
//! order is not what it would be as an object.

use serde_json::json;

use crate::office::{HOME, Office, ROOT, ROOTS_PASSWORD, told};

#[tokio::test]
async fn a_list_is_no_object_whatever_it_holds() {
    let office = Office::new().await;
    let text = "Invalid request";
    for (path, body, text) in [
        (
            "auth/login",
            json!([ROOT, ROOTS_PASSWORD]),
            "Username and password are required",
        ),
        (
            "auth/change-password",
            json!([ROOTS_PASSWORD, "Another Horse 2"]),
            "Current password and new password are required",
        ),
        ("admin-users/grant", json!(["eve"]), "User ID is required"),
        ("admin-users/revoke", json!(["eve"]), "User ID is required"),
        (
            "workspaces",
            json!(["New", "words", "eve"]),
            "Workspace name is required",
        ),
        (
            "workspaces",
            json!(["New", "eve", "words"]),
            "Workspace name is required",
        ),
        (
            "workspace/members/upsert",
            json!(["max", "viewer", null, HOME]),
            text,
        ),
        (
            "workspace/members/set-role",
            json!(["eve", "viewer", HOME]),
            text,
        ),
        ("workspace/members/remove", json!(["eve", HOME]), text),
        ("workspace/guest-access/set", json!([true, HOME]), text),
        (
            "workspace/invites/create",
            json!(["a@b.co", "viewer", 60, HOME]),
            text,
        ),
        ("workspace/invites/revoke", json!(["nothing", HOME]), text),
    ] {
        let path = format!("/api/admin/{path}");
        let refused = office.root().post(&path, &body).await;
        assert_eq!(told(&refused), (400, text.to_owned()), "{path} {body}");
    }
    let admins = office.root().get("/api/admin/admin-users").await;
    assert_eq!(admins.json(), json!({"admins": []}));
}
