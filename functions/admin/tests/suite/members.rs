//! Adding, changing and removing members (auth contract, 10.10).

use or3_domain::access::Role;
use serde_json::json;

use crate::office::{Office, told};

const INVALID: &str = "Invalid request";

#[tokio::test]
async fn two_people_come_to_share_a_workspace() {
    let office = Office::new().await;
    let max = json!({"emailOrProviderId": "MAX@example.test", "role": "viewer"});
    let answer = office.post("ada", "members/upsert", &max).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (200, json!({"ok": true}))
    );
    assert_eq!(office.role("max").await, Some(Role::Viewer));
    let editor = json!({"userId": "max", "role": "editor"});
    assert_eq!(
        office.post("ada", "members/set-role", &editor).await.status,
        200
    );
    assert_eq!(office.role("max").await, Some(Role::Editor));
    let remove = json!({"userId": "max"});
    assert_eq!(
        office.post("ada", "members/remove", &remove).await.status,
        200
    );
    assert_eq!(office.role("max").await, None);
    assert_eq!(
        office.post("ada", "members/remove", &remove).await.status,
        404
    );
}

#[tokio::test]
async fn nobody_is_created_by_being_named() {
    let office = Office::new().await;
    for who in ["nobody@example.test", "nobody"] {
        let body = json!({"emailOrProviderId": who, "role": "viewer"});
        let answer = office.post("ada", "members/upsert", &body).await;
        assert_eq!(told(&answer), (400, INVALID.to_owned()), "{who}");
    }
}

#[tokio::test]
async fn the_last_owner_stays_and_is_told_why() {
    let office = Office::new().await;
    let demote = json!({"userId": "ada", "role": "editor"});
    let text = "Cannot demote the last workspace owner. Transfer ownership first.";
    let answer = office.post("ada", "members/set-role", &demote).await;
    assert_eq!(told(&answer), (409, text.to_owned()));
    let text = "Cannot remove the last workspace owner. Transfer ownership first.";
    let answer = office
        .post("ada", "members/remove", &json!({"userId": "ada"}))
        .await;
    assert_eq!(told(&answer), (409, text.to_owned()));
    assert_eq!(office.role("ada").await, Some(Role::Owner));
}

#[tokio::test]
async fn bodies_of_another_shape_are_invalid() {
    let office = Office::new().await;
    for (path, body) in [
        ("members/upsert", json!({})),
        (
            "members/upsert",
            json!({"emailOrProviderId": " ", "role": "viewer"}),
        ),
        (
            "members/upsert",
            json!({"emailOrProviderId": "eve", "role": "king"}),
        ),
        ("members/set-role", json!({"userId": "eve"})),
        ("members/set-role", json!({"userId": 7, "role": "viewer"})),
        ("members/remove", json!([])),
        ("invites/create", json!({"email": "no address"})),
        (
            "invites/create",
            json!({"email": "a@b.co", "expiresInSeconds": 59}),
        ),
        (
            "invites/create",
            json!({"email": "a@b.co", "expiresInSeconds": 2_592_001}),
        ),
        ("invites/create", json!({"email": "a@b.co", "role": "king"})),
        ("invites/revoke", json!({})),
    ] {
        let answer = office.post("ada", path, &body).await;
        assert_eq!(told(&answer), (400, INVALID.to_owned()), "{path} {body}");
    }
}
