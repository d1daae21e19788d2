//! Status, configuration and numbers (auth contract, 10.8).

use serde_json::json;

use crate::office::Office;

#[tokio::test]
async fn status_says_who_stands_behind_what_and_how_it_is() {
    let office = Office::new().await;
    let answer = office.root().get("/api/admin/system/status").await.json();
    let sync = &answer["status"]["sync"];
    assert_eq!(
        (&sync["enabled"], &sync["provider"]),
        (&json!(true), &json!("sqlite"))
    );
    assert_eq!(sync["details"]["driver"], "libsql");
    assert!(
        sync["details"]
            .as_object()
            .is_some_and(|details| details.len() > 1)
    );
    assert_eq!(sync["actions"], json!([]));
    assert_eq!(answer["status"]["backgroundStreaming"]["enabled"], false);
    assert_eq!(
        answer["status"]["admin"],
        json!({"allowRestart": false, "allowRebuild": false})
    );
    assert!(answer["warnings"].is_array());
    assert_eq!(answer["session"], json!({"role": "owner"}));
}

#[tokio::test]
async fn the_configuration_is_shown_and_not_changed() {
    let office = Office::new().await;
    let root = office.root();
    let plain = root.get("/api/admin/system/config").await.json();
    let entry = json!({"key": "OR3_A_SECRET", "value": null, "masked": false});
    assert_eq!(plain, json!({"entries": [entry]}));
    let enriched = root.get("/api/admin/system/config/enriched").await.json();
    assert_eq!(
        enriched["entries"][0],
        json!({
            "key": "OR3_A_SECRET", "value": null, "masked": false, "label": "OR3_A_SECRET",
            "description": "what it is for", "group": "Auth", "order": 1,
            "valueType": "number", "source": "default", "default": "900",
        })
    );
    let written = root
        .post("/api/admin/system/config/write", &json!({"entries": []}))
        .await;
    assert_eq!(written.status, 404);
}

#[tokio::test]
async fn the_overview_counts_what_is_there() {
    let office = Office::new().await;
    let numbers = office.root().get("/api/admin/overview").await.json();
    assert_eq!(
        (
            &numbers["users"],
            &numbers["workspaces"],
            &numbers["admins"]
        ),
        (&json!(4), &json!(4), &json!(0))
    );
    assert_eq!(numbers["at"], 1_767_225_600_000_u64);
}
