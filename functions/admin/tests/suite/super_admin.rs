//! The super admin beside the ordinary session of the same browser (auth contract, 10.1).

use http::Method;
use serde_json::json;

use crate::office::{HOME, Office, told};

const STATUS: &str = "/api/admin/system/status";
const WORKSPACE: &str = "/api/admin/workspace";
const INVITE: &str = "/api/admin/workspace/invites/create";

#[tokio::test]
async fn an_ordinary_session_that_cannot_be_resolved_does_not_stop_the_super_admin() {
    let office = Office::new().await;
    office.turn_away("an unknown subject");
    let root = office.root().signed_in("an unknown subject");
    let status = root.get(STATUS).await;
    assert_eq!(told(&status), (200, String::new()));
    assert_eq!(status.json()["session"], json!({"role": "owner"}));
    let invite = json!({"email": "new@example.test", "workspaceId": HOME});
    let invited = root.post(INVITE, &invite).await;
    assert_eq!(told(&invited), (200, String::new()));
    let named = format!("{WORKSPACE}?workspaceId={}", HOME.replace(' ', "%20"));
    let seen = root.get(&named).await;
    assert_eq!(seen.json()["workspace"]["id"], HOME);
    // Without a session there is no active workspace.
    let unresolved = (400, "Workspace not resolved".to_owned());
    assert_eq!(told(&root.get(WORKSPACE).await), unresolved);
    let nowhere = json!({"email": "new@example.test"});
    assert_eq!(told(&root.post(INVITE, &nowhere).await), unresolved);
}

#[tokio::test]
async fn everybody_else_hears_why_their_session_cannot_be_resolved() {
    let office = Office::new().await;
    office.turn_away("an unknown subject");
    let page = office.page("an unknown subject");
    for path in [STATUS, WORKSPACE] {
        let refused = page.send(Method::GET, path, "").await;
        assert_eq!(refused.status, 403, "{path}");
        assert_ne!(refused.message(), "Forbidden", "{path}");
    }
}

#[tokio::test]
async fn a_blank_workspace_is_the_active_one_for_everybody() {
    let office = Office::new().await;
    let invite = |workspace: &str| json!({"email": "new@example.test", "workspaceId": workspace});
    let also = office.root().signed_in("ada");
    for client in [office.page("ada"), also] {
        for blank in ["", " "] {
            let invited = client.post(INVITE, &invite(blank)).await;
            assert_eq!(told(&invited), (200, String::new()), "{blank:?}");
        }
        for path in [WORKSPACE, "/api/admin/workspace/invites/list"] {
            let seen = client.get(&format!("{path}?workspaceId=")).await;
            assert_eq!(told(&seen), (200, String::new()), "{path}");
        }
    }
    let member = office.page("eve").post(INVITE, &invite("")).await;
    assert_eq!(told(&member), (403, "Forbidden".to_owned()));
}
