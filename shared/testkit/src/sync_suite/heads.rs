//! How far workspaces have come.

use or3_domain::ids::WorkspaceId;

use super::{SyncPorts, put};

/// Each workspace that is asked for by its own number; a new one is at 0, an unknown one is left
/// out.
pub async fn heads_are_those_of_the_workspaces_asked_for(ports: SyncPorts) {
    let (busy, quiet) = (ports.home("busy").await, ports.home("quiet").await);
    ports.home("other").await;
    busy.push(&[put("a", 1, 1), put("b", 1, 2)]).await;
    let wanted = [
        busy.workspace.clone(),
        WorkspaceId::new("nowhere"),
        quiet.workspace.clone(),
    ];
    let mut heads = ports.heads.heads(&wanted).await.expect("heads");
    heads.sort();
    assert_eq!(heads, [(busy.workspace, 2), (quiet.workspace, 0)]);
}

/// Asking for nothing is answered with nothing.
pub async fn no_workspace_has_no_head(ports: SyncPorts) {
    ports.home("ws").await;
    assert!(ports.heads.heads(&[]).await.expect("heads").is_empty());
}
