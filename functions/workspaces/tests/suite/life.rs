//! What becomes of workspaces (auth contract, 3.3 and 9).

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use crate::office::{HOME, Office, told};

#[tokio::test]
async fn the_list_is_the_newest_first_in_milliseconds() {
    let office = Office::new().await;
    office.clock.advance(Duration::from_secs(5));
    let second = office.create("ada", "  Second ").await;
    assert_eq!(
        office.list("ada").await,
        [
            json!({
                "id": second, "name": "Second", "description": null, "role": "owner",
                "createdAt": 1_767_225_605_000_i64, "isActive": false,
            }),
            json!({
                "id": HOME, "name": "My Workspace", "description": null, "role": "owner",
                "createdAt": 1_767_225_600_000_i64, "isActive": true,
            }),
        ]
    );
}

#[tokio::test]
async fn two_are_made_one_is_renamed_the_other_entered_and_deleted() {
    let office = Office::new().await;
    let second = office.create("ada", "Second").await;
    let path = format!("/api/workspaces/{}", HOME.replace(' ', "%20"));
    let body = json!({"name": " Renamed ", "description": " words "});
    let answer = office.send("ada", Method::PATCH, &path, &body).await;
    assert_eq!(answer.json(), json!({"ok": true}));
    assert_eq!(
        office.activate("ada", &second).await.json(),
        json!({"ok": true})
    );
    assert_eq!(office.home("ada").await.workspace.id.as_str(), second);
    let path = format!("/api/workspaces/{second}");
    let answer = office
        .send("ada", Method::DELETE, &path, &Value::Null)
        .await;
    assert_eq!(answer.json(), json!({"ok": true}));
    let list = office.list("ada").await;
    assert_eq!(list.len(), 1);
    assert_eq!(
        (&list[0]["name"], &list[0]["description"]),
        (&json!("Renamed"), &json!("words"))
    );
    assert_eq!(list[0]["isActive"], true);
    assert_eq!(told(&office.activate("ada", &second).await).0, 403);
}

#[tokio::test]
async fn an_absent_description_is_cleared() {
    let office = Office::new().await;
    let path = format!("/api/workspaces/{}", HOME.replace(' ', "%20"));
    for (body, left) in [
        (json!({"name": "A", "description": "words"}), json!("words")),
        (json!({"name": "A"}), Value::Null),
        (json!({"name": "A", "description": "  "}), Value::Null),
    ] {
        office.send("ada", Method::PATCH, &path, &body).await;
        assert_eq!(office.list("ada").await[0]["description"], left, "{body}");
    }
}

/// Bytes that are no text are an id that nobody has, like any other.
#[tokio::test]
async fn an_id_that_is_no_text_is_answered_like_an_unknown_one() {
    let office = Office::new().await;
    let body = json!({"name": "A"});
    for (method, rest) in [
        (Method::PATCH, ""),
        (Method::DELETE, ""),
        (Method::POST, "/leave"),
    ] {
        let mut told = Vec::new();
        for id in ["nobody", "%FF", "x%C3"] {
            let path = format!("/api/workspaces/{id}{rest}");
            let answer = office.send("ada", method.clone(), &path, &body).await;
            assert_eq!(answer.header("content-type"), "application/json", "{id}");
            told.push((answer.status, answer.message()));
        }
        assert!(told[0].0.is_client_error(), "{told:?}");
        assert_eq!(told[1..], [told[0].clone(), told[0].clone()]);
    }
}

#[tokio::test]
async fn the_last_workspace_may_go_and_the_next_session_makes_another() {
    let office = Office::new().await;
    let path = "/api/workspaces/home%20of%20max";
    office.send("max", Method::DELETE, path, &Value::Null).await;
    assert_eq!(office.list("max").await, [] as [Value; 0]);
}

#[tokio::test]
async fn names_and_descriptions_have_limits() {
    const NAME: &str = "Workspace name is required";
    const LONG: &str = "Workspace name must be under 100 characters";
    const WORDS: &str = "Description must be under 1000 characters";
    let office = Office::new().await;
    let path = format!("/api/workspaces/{}", HOME.replace(' ', "%20"));
    for (body, text) in [
        (json!({}), NAME),
        (json!(null), NAME),
        (json!({"name": "  "}), NAME),
        (json!({"name": "\u{feff}"}), NAME),
        (json!(["A", "words"]), NAME),
        (json!({"name": 7}), NAME),
        (json!({"name": "x".repeat(101)}), LONG),
        (json!({"name": "A", "description": "x".repeat(1001)}), WORDS),
        (json!({"name": "A", "description": 7}), WORDS),
    ] {
        for (method, path) in [(Method::POST, "/api/workspaces"), (Method::PATCH, &path)] {
            let answer = office.send("ada", method, path, &body).await;
            assert_eq!(told(&answer), (400, text.to_owned()), "{body}");
        }
    }
    for body in [
        json!({}),
        json!({"id": ""}),
        json!({"id": 7}),
        json!([HOME]),
    ] {
        let answer = office
            .send("ada", Method::POST, "/api/workspaces/active", &body)
            .await;
        assert_eq!(
            told(&answer),
            (400, "Workspace id is required".to_owned()),
            "{body}"
        );
    }
    office.create("ada", &"x".repeat(100)).await;
}

#[tokio::test]
async fn a_member_leaves_and_the_last_owner_does_not() {
    let office = Office::new().await;
    let path = format!("/api/workspaces/{}/leave", HOME.replace(' ', "%20"));
    office.activate("eve", HOME).await;
    let left = office.send("eve", Method::POST, &path, &Value::Null).await;
    assert_eq!(left.json(), json!({"ok": true}));
    assert_eq!(
        office.home("eve").await.workspace.id.as_str(),
        "home of eve"
    );
    let again = office.send("eve", Method::POST, &path, &Value::Null).await;
    assert_eq!(told(&again), (403, "Forbidden".to_owned()));
    let owner = office.send("ada", Method::POST, &path, &Value::Null).await;
    let text = "Cannot leave as the last workspace owner. Transfer ownership first.";
    assert_eq!(told(&owner), (409, text.to_owned()));
    assert_eq!(office.list("ada").await.len(), 1);
    let stranger = office.stranger().post(&path, &Value::Null).await;
    assert_eq!(stranger.status, 401);
}

#[tokio::test]
async fn who_makes_deletes_or_leaves_a_workspace_is_written_down() {
    let office = Office::new().await;
    let before = office.written().await.len();
    let second = office.create("ada", "Second").await;
    let path = format!("/api/workspaces/{second}");
    for name in ["eve", "ada", "ada"] {
        office.send(name, Method::DELETE, &path, &Value::Null).await;
    }
    let path = format!("/api/workspaces/{}/leave", HOME.replace(' ', "%20"));
    for name in ["eve", "eve", "ada"] {
        office.send(name, Method::POST, &path, &Value::Null).await;
    }
    let row = |action: &str, who: &str, what: &str, place: &str| {
        [action, who, what, place].map(str::to_owned)
    };
    assert_eq!(
        office.written().await[before..],
        [
            row("workspace-create", "ada", &second, ""),
            row("workspace-delete", "ada", &second, ""),
            row("member-remove", "eve", "eve", HOME),
        ]
    );
}
