//! Handing out invites and taking them back (auth contract, 3.7 and 7.7).

use std::time::Duration;

use or3_domain::clock::Clock;
use or3_domain::invite::InviteKey;
use serde_json::{Value, json};

use crate::office::{HOME, INVITE_SECRET, Office, told};

const START: i64 = 1_767_225_600;

async fn create(office: &Office, email: &str) -> Value {
    let body = json!({"email": email, "expiresInSeconds": 60});
    let answer = office.post("ada", "invites/create", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    answer.json()["invite"].clone()
}

async fn statuses(office: &Office, query: &str) -> Vec<Value> {
    let answer = office.get("ada", &format!("invites/list{query}")).await;
    let list = answer.json();
    let invites = list["invites"].as_array().expect("a list");
    invites
        .iter()
        .map(|invite| invite["status"].clone())
        .collect()
}

#[tokio::test]
async fn a_new_invite_comes_with_a_token_that_names_it() {
    let office = Office::new().await;
    let body = json!({"email": " New@Example.test ", "role": "editor"});
    let answer = office.post("ada", "invites/create", &body).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let found = answer.json();
    assert_eq!(found["ok"], true);
    let invite = &found["invite"];
    assert_eq!(
        (&invite["email"], &invite["role"]),
        (&json!("new@example.test"), &json!("editor"))
    );
    assert_eq!(invite["expiresAt"], START + 24 * 3600);
    let token = invite["token"].as_str().expect("a token");
    assert_eq!(invite["inviteUrl"], format!("/?invite={token}"));
    let claims = InviteKey::new(INVITE_SECRET).read(token, office.clock.now());
    let claims = claims.expect("a signed token");
    assert_eq!(claims.workspace_id.as_str(), HOME);
    assert_eq!(
        (claims.email.as_str(), claims.exp),
        ("new@example.test", START + 24 * 3600)
    );
}

#[tokio::test]
async fn the_list_shows_what_became_of_invites_and_no_token() {
    let office = Office::new().await;
    create(&office, "a@example.test").await;
    office.clock.advance(Duration::from_secs(30));
    let second = create(&office, "b@example.test").await;
    let revoke = json!({"inviteId": second["id"]});
    for _ in 0..2 {
        assert_eq!(
            office.post("ada", "invites/revoke", &revoke).await.status,
            200
        );
    }
    assert_eq!(statuses(&office, "").await, ["revoked", "pending"]);
    office.clock.advance(Duration::from_secs(30));
    assert_eq!(statuses(&office, "").await, ["revoked", "expired"]);
    assert_eq!(statuses(&office, "?status=revoked").await, ["revoked"]);
    assert_eq!(statuses(&office, "?limit=1").await, ["revoked"]);
    let list = office.get("ada", "invites/list?limit=1").await;
    let text = String::from_utf8_lossy(&list.body).into_owned();
    assert!(!text.contains("oken"), "{text}");
    let invite = &list.json()["invites"][0];
    assert_eq!(invite["expiresAt"], START + 90);
    assert_eq!(invite["createdAt"], (START + 30) * 1000);
    assert_eq!(invite["invitedByUserId"], "ada");
}

#[tokio::test]
async fn odd_questions_are_refused() {
    let office = Office::new().await;
    for query in ["?status=lost", "?limit=0", "?limit=501", "?limit=x"] {
        let answer = office.get("ada", &format!("invites/list{query}")).await;
        assert_eq!(told(&answer), (400, "Invalid query".to_owned()), "{query}");
    }
    let unknown = json!({"inviteId": "nothing"});
    assert_eq!(
        office.post("ada", "invites/revoke", &unknown).await.status,
        404
    );
}

#[tokio::test]
async fn without_a_secret_there_are_no_invites() {
    let office = Office::with_key(None).await;
    let body = json!({"email": "new@example.test"});
    let answer = office.post("ada", "invites/create", &body).await;
    assert_eq!(
        told(&answer),
        (503, "Invite token secret not configured".to_owned())
    );
}
