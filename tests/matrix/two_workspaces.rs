//! Two workspaces with the same ids in them: each sees its own.

use serde_json::json;

use crate::caller::Caller;
use crate::table::Ask;
use crate::world::{ADAS, House, MAXS, World};

fn post(path: &str, body: &serde_json::Value) -> Ask {
    Ask {
        method: http::Method::POST,
        path: path.to_owned(),
        media_type: "application/json",
        body: body.to_string().into_bytes(),
        ..Ask::default()
    }
}

fn get(path: &str) -> Ask {
    Ask {
        method: http::Method::GET,
        path: path.to_owned(),
        media_type: "application/json",
        ..Ask::default()
    }
}

/// Everything that can be read of `workspace`, by those who may.
fn readings(world: &World, workspace: &str) -> Vec<Ask> {
    let scope = json!({"workspaceId": workspace});
    vec![
        get("/api/auth/session"),
        get("/api/workspaces"),
        post(
            "/api/sync/pull",
            &json!({"scope": scope, "cursor": 0, "limit": 1000}),
        ),
        post(
            "/api/sync/snapshot",
            &json!({"scope": scope, "pageSize": 100}),
        ),
        post(
            "/api/storage/presign-download",
            &world.file.presign_download(workspace),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn two_workspaces_never_see_each_others_rows() {
    let world = World::new().await;
    let house = House::of(&world).await;
    for (caller, workspace, own, others) in [
        (Caller::Owner, &world.home, ADAS, MAXS),
        (Caller::Viewer, &world.home, ADAS, MAXS),
        (Caller::OtherTenant, &world.max_home, MAXS, ADAS),
    ] {
        for ask in readings(&world, workspace) {
            let answer = house.ask(&world, caller, &ask).await;
            let (path, body) = (&ask.path, String::from_utf8_lossy(&answer.body));
            assert_eq!(answer.status, 200, "{path} for {caller:?}: {body}");
            assert!(!body.contains(others), "{path} shows {caller:?}: {body}");
            let signed = path.contains("presign");
            assert!(signed || body.contains(own), "{path}, {caller:?}: {body}");
        }
    }
}

/// The same file in both: each downloads under its own name, and what one removes stays with the
/// other.
#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_row_that_one_workspace_removes_stays_in_the_other() {
    let world = World::new().await;
    let house = House::of(&world).await;
    let ops = [world.removal()];
    let removed = house
        .ask(
            &world,
            Caller::Owner,
            &post("/api/sync/push", &world.push(&ops)),
        )
        .await;
    assert_eq!(removed.json()["results"][0]["success"], true);
    let pull = json!({"scope": {"workspaceId": world.max_home}, "cursor": 0, "limit": 1000});
    let answer = house
        .ask(&world, Caller::OtherTenant, &post("/api/sync/pull", &pull))
        .await;
    let changes = answer.json()["changes"].clone();
    let changes = changes.as_array().expect("changes");
    assert!(!changes.is_empty());
    assert!(
        changes.iter().all(|change| change["op"] == "put"),
        "{changes:?}"
    );
}
